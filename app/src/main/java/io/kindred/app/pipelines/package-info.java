/// Event pipelines over a served store: how they are started, and what the server sees of them.
@NullMarked
package io.kindred.app.pipelines;

import org.jspecify.annotations.NullMarked;
