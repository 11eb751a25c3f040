/// The main job in one command: a catalogue whose structure can be seen in the answers, shoppers
/// whose tastes move, and searches for them, all through a real server's port.
@NullMarked
package io.kindred.app.demo;

import org.jspecify.annotations.NullMarked;
