/// Models in ONNX files.
@NullMarked
package io.kindred.stream.model;

import org.jspecify.annotations.NullMarked;
