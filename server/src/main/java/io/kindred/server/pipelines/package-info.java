/// What the server's routes need of event pipelines: a port, and its records.
@NullMarked
package io.kindred.server.pipelines;

import org.jspecify.annotations.NullMarked;
