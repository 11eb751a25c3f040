/// What is sent while it happens: server-sent events, bounded for readers that are slow.
@NullMarked
package io.kindred.server.stream;

import org.jspecify.annotations.NullMarked;
