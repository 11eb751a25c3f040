/// Backups that a server makes of its store while it serves.
@NullMarked
package io.kindred.server.backup;

import org.jspecify.annotations.NullMarked;
