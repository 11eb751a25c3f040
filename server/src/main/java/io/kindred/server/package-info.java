/// gRPC and REST on one port.
@NullMarked
package io.kindred.server;

import org.jspecify.annotations.NullMarked;
