/// Pipelines as their authors write them: YAML read into definitions, with the place of each value.
@NullMarked
package io.kindred.stream.config;

import org.jspecify.annotations.NullMarked;
