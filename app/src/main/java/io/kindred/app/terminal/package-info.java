/// What a person sees: colours, widths, progress and figures, on a terminal or in a file.
@NullMarked
package io.kindred.app.terminal;

import org.jspecify.annotations.NullMarked;
