package io.kindred.app.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Changes JSON where its structure is: types are swapped, members renamed, doubled and taken away,
/// numbers put at their edges, values nested and blown up. Stateless.
final class JsonMutations {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int DEPTHS_MAX = 1_500;

  private JsonMutations() {}

  /// The JSON, changed once to four times; mostly by its structure.
  static byte[] of(Random random, byte[] json, byte[] other) {
    byte[] bytes = json;
    for (int i = random.nextInt(4); i > 0; i--) {
      bytes =
          random.nextInt(8) == 0
              ? Mutations.once(random, bytes, other)
              : once(random, bytes, other);
    }
    return bytes;
  }

  private static byte[] once(Random random, byte[] json, byte[] other) {
    JsonNode root;
    JsonNode donor;
    try {
      root = MAPPER.readTree(json);
      donor = MAPPER.readTree(other);
    } catch (IOException e) {
      // What is no JSON any more is changed as bytes are.
      return Mutations.once(random, json, other);
    }
    List<Slot> slots = new ArrayList<>();
    collect(root, slots);
    if (slots.isEmpty()) {
      return Mutations.once(random, json, other);
    }
    Slot slot = slots.get(random.nextInt(slots.size()));
    switch (random.nextInt(8)) {
      case 0 -> slot.remove();
      case 1 -> slot.rename(random);
      case 2 -> slot.repeat(random);
      case 3 -> {
        List<Slot> donors = new ArrayList<>();
        collect(donor, donors);
        slot.set(donors.isEmpty() ? donor : donors.get(random.nextInt(donors.size())).value());
      }
      case 4 -> slot.set(nested(random, slot.value()));
      default -> slot.set(scalar(random));
    }
    byte[] changed = bytes(root);
    return random.nextInt(12) == 0 ? withMemberTwice(random, changed) : changed;
  }

  /// Where a value is.
  private record Slot(JsonNode parent, String name, int index) {
    JsonNode value() {
      return parent instanceof ObjectNode object ? object.get(name) : parent.get(index);
    }

    void set(JsonNode value) {
      if (parent instanceof ObjectNode object) {
        object.set(name, value);
      } else {
        ((ArrayNode) parent).set(index, value);
      }
    }

    void remove() {
      if (parent instanceof ObjectNode object) {
        object.remove(name);
      } else {
        ((ArrayNode) parent).remove(index);
      }
    }

    void rename(Random random) {
      if (parent instanceof ObjectNode object) {
        JsonNode value = object.remove(name);
        object.set(Mutations.TEXTS.get(random.nextInt(Mutations.TEXTS.size())), value);
      }
    }

    void repeat(Random random) {
      if (parent instanceof ArrayNode array) {
        int times = random.nextInt(40) == 0 ? 10_001 : 1 + random.nextInt(40);
        for (int i = 0; i < times; i++) {
          array.add(array.get(index));
        }
      }
    }
  }

  private static void collect(JsonNode node, List<Slot> slots) {
    if (node instanceof ObjectNode object) {
      object.fieldNames().forEachRemaining(name -> slots.add(new Slot(object, name, 0)));
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        slots.add(new Slot(array, "", i));
      }
    }
    node.forEach(child -> collect(child, slots));
  }

  private static JsonNode raw(String json) {
    return new POJONode(new RawValue(json));
  }

  /// Some value of some type, without regard for what was there.
  private static JsonNode scalar(Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(random.nextBoolean());
      case 2 -> NODES.arrayNode();
      case 3 -> NODES.objectNode();
      case 4 -> NODES.textNode("y".repeat(random.nextInt(16) == 0 ? 200_000 : random.nextInt(700)));
      case 5 -> NODES.textNode(Mutations.TEXTS.get(random.nextInt(Mutations.TEXTS.size())));
      case 6 -> NODES.numberNode(random.nextGaussian());
      case 7 -> raw(Mutations.TEXTS.get(random.nextInt(18)));
      case 8 -> raw("1".repeat(1 + random.nextInt(random.nextInt(8) == 0 ? 2_000 : 30)));
      default -> NODES.numberNode(Mutations.NUMBERS[random.nextInt(Mutations.NUMBERS.length)]);
    };
  }

  private static JsonNode nested(Random random, JsonNode value) {
    int depth = random.nextInt(random.nextInt(4) == 0 ? DEPTHS_MAX : 40);
    String[] around =
        random.nextBoolean() ? new String[] {"[", "]"} : new String[] {"{\"$not\":", "}"};
    return raw(around[0].repeat(depth) + text(value) + around[1].repeat(depth));
  }

  /// With the first member of some object a second time.
  private static byte[] withMemberTwice(Random random, byte[] json) {
    String text = new String(json, StandardCharsets.UTF_8);
    int object = text.indexOf("{\"", random.nextInt(text.length()));
    int end = object < 0 ? -1 : text.indexOf('"', object + 2);
    return end < 0
        ? json
        : (text.substring(0, object + 1)
                + text.substring(object + 1, end + 1)
                + ":null,"
                + text.substring(object + 1))
            .getBytes(StandardCharsets.UTF_8);
  }

  private static String text(JsonNode node) {
    return new String(bytes(node), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
