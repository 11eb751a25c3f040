/// The places that backups are kept in.
@NullMarked
package io.kindred.app.objects;

import org.jspecify.annotations.NullMarked;
