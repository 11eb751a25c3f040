/// Events while they pass through a pipeline: what their fields are called, hold, and why one was
/// refused.
@NullMarked
package io.kindred.stream.event;

import org.jspecify.annotations.NullMarked;
