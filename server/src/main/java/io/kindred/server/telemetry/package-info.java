/// What the server measures: metrics for Prometheus, and one live sample a second.
@NullMarked
package io.kindred.server.telemetry;

import org.jspecify.annotations.NullMarked;
