/// The gRPC services.
@NullMarked
package io.kindred.server.grpc;

import org.jspecify.annotations.NullMarked;
