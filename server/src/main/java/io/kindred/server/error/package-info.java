/// What a failed call answers, over HTTP and over gRPC.
@NullMarked
package io.kindred.server.error;

import org.jspecify.annotations.NullMarked;
