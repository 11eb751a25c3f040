package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.server.pipelines.EventPipelines.Letter;
import io.kindred.server.pipelines.EventPipelines.Push;
import io.kindred.server.pipelines.EventPipelines.PushReport;
import io.kindred.server.pipelines.EventPipelines.RejectedEvent;
import io.kindred.server.pipelines.EventPipelines.ReplayReport;
import io.kindred.server.pipelines.EventPipelines.ResetReport;
import io.kindred.server.pipelines.PipelineReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Pipelines, their dead letters and the events that are pushed into them, in JSON. One reader
/// reads one request. Owned by the thread that reads it.
public final class PipelineJson {
  private final String text;
  private final List<byte[]> events = new ArrayList<>();
  private @Nullable String producer;
  private @Nullable Long sequence;

  private PipelineJson(String text) {
    this.text = text;
  }

  /// Reads `{"events":[…],"producer":"…","sequence":n}`. An event is an object, whose text is the
  /// event, or base64 of one that is not JSON.
  ///
  /// @param traceparent of the request, if it has one
  public static Push parsePush(byte[] text, Optional<String> traceparent) {
    String decoded = new String(text, StandardCharsets.UTF_8);
    return Json.read(decoded, in -> new PipelineJson(decoded).push(in, traceparent));
  }

  private Push push(JsonParser in, Optional<String> traceparent) throws IOException {
    Members.each(
        in,
        "request",
        name -> {
          switch (name) {
            case "events" -> readEvents(in);
            case "producer" -> producer = Members.text(in, name);
            case "sequence" -> sequence = Members.longInteger(in, name);
            default -> throw Members.unknown("request", name, "events, producer, sequence");
          }
        });
    return new Push(events, identity(producer, sequence), traceparent);
  }

  /// @throws KindredException where one of the two is given without the other
  public static Optional<Push.Identity> identity(
      @Nullable String producer, @Nullable Long sequence) {
    if (producer != null && sequence != null) {
      return Optional.of(new Push.Identity(producer, sequence));
    }
    if (producer != null || sequence != null) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "producer, sequence",
          producer == null ? "sequence alone" : "producer alone",
          "both or none");
    }
    return Optional.empty();
  }

  private void readEvents(JsonParser in) throws IOException {
    Members.require(in, "events", JsonToken.START_ARRAY, "an array of events");
    while (in.nextToken() != JsonToken.END_ARRAY) {
      Members.requireRoom("events", events.size(), Limits.BATCH_ROWS_MAX);
      events.add(event(in, "events[" + events.size() + "]"));
    }
  }

  private byte[] event(JsonParser in, String what) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_STRING) {
      try {
        return Base64.getDecoder().decode(in.getText());
      } catch (IllegalArgumentException e) {
        throw Members.wrong(in, what, "an object, or base64");
      }
    }
    Members.require(in, what, JsonToken.START_OBJECT, "an object, or base64");
    int from = (int) in.currentTokenLocation().getCharOffset();
    in.skipChildren();
    int to = (int) in.currentLocation().getCharOffset();
    return text.substring(from, to).getBytes(StandardCharsets.UTF_8);
  }

  /// Reads an object of at most one member, a text; nothing at all is an empty object.
  public static Optional<String> parseOnly(byte[] text, String member) {
    if (text.length == 0) {
      return Optional.empty();
    }
    List<String> found = new ArrayList<>();
    return Json.read(
        text,
        in -> {
          Members.each(
              in,
              "request",
              name -> {
                if (!name.equals(member)) {
                  throw Members.unknown("request", name, member);
                }
                found.add(Members.text(in, name));
              });
          return found.stream().findFirst();
        });
  }

  public static void write(PushReport report, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeNumberField("accepted", report.accepted());
    out.writeNumberField("dropped", report.dropped());
    out.writeArrayFieldStart("rejected");
    for (RejectedEvent rejected : report.rejected()) {
      out.writeStartObject();
      out.writeNumberField("index", rejected.index());
      writeReason(rejected.step(), rejected.code(), rejected.reason(), out);
      out.writeEndObject();
    }
    out.writeEndArray();
    if (report.token().isPresent()) {
      out.writeStringField("token", report.token().get().toString());
    }
    out.writeEndObject();
  }

  private static void writeReason(String step, String code, String reason, JsonGenerator out)
      throws IOException {
    out.writeStringField("step", step);
    out.writeStringField("code", code);
    out.writeStringField("message", reason);
  }

  public static void write(ResetReport report, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeNumberField("generation", report.generation());
    out.writeStringField("from", report.from());
    out.writeStringField("consequence", report.consequence());
    out.writeEndObject();
  }

  public static void write(ReplayReport report, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeNumberField("replayed", report.replayed());
    out.writeNumberField("applied", report.applied());
    out.writeNumberField("dropped", report.dropped());
    out.writeNumberField("rejected", report.rejected());
    out.writeEndObject();
  }

  /// A dead letter; its event as text where it is UTF-8, else in base64.
  public static void write(Letter letter, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("at", letter.at().toString());
    writeReason(letter.step(), letter.code(), letter.reason(), out);
    out.writeStringField("topic", letter.topic());
    out.writeNumberField("partition", letter.partition());
    out.writeNumberField("offset", letter.offset());
    out.writeStringField("taken_at", letter.takenAt().toString());
    Optional<String> event = text(letter.event());
    if (event.isPresent()) {
      out.writeStringField("event", event.get());
    } else {
      out.writeStringField("event_base64", Base64.getEncoder().encodeToString(letter.event()));
    }
    out.writeEndObject();
  }

  private static Optional<String> text(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /// A pipeline with all that is known of it.
  public static void write(PipelineReport report, JsonGenerator out) throws IOException {
    out.writeStartObject();
    writeSummary(report, out);
    out.writeNumberField("generation", report.generation());
    writeCounts(report.counts(), out);
    out.writeArrayFieldStart("steps");
    for (PipelineReport.Step step : report.steps()) {
      write(step, out);
    }
    out.writeEndArray();
    out.writeObjectFieldStart("circuits");
    for (var circuit : new TreeMap<>(report.circuits()).entrySet()) {
      out.writeObjectFieldStart(circuit.getKey());
      out.writeStringField("state", circuit.getValue().state());
      out.writeNumberField("retries", circuit.getValue().retries());
      out.writeNumberField("waiting", circuit.getValue().waiting());
      out.writeEndObject();
    }
    out.writeEndObject();
    out.writeArrayFieldStart("partitions");
    for (PipelineReport.Partition partition : report.partitions()) {
      write(partition, out);
    }
    out.writeEndArray();
    if (report.deadLetters().isPresent()) {
      out.writeStringField("dead_letters", report.deadLetters().get());
    }
    out.writeEndObject();
  }

  /// The members of a pipeline that change from second to second, without the braces.
  public static void writeSummary(PipelineReport report, JsonGenerator out) throws IOException {
    out.writeStringField("name", report.name());
    out.writeStringField("source", report.source());
    out.writeStringField("table", report.table());
    PipelineReport.State state = report.state();
    out.writeStringField("state", state.name());
    out.writeStringField("since", state.since().toString());
    if (state.reason().isPresent()) {
      out.writeStringField("reason", state.reason().get());
    }
    if (state.nextAttempt().isPresent()) {
      out.writeStringField("next_attempt", state.nextAttempt().get().toString());
    }
    out.writeNumberField("lag", report.lag());
    if (report.watermark().isPresent()) {
      out.writeStringField("watermark", report.watermark().get().toString());
    }
    out.writeNumberField("received_per_s", tenths(report.rates().received()));
    out.writeNumberField("applied_per_s", tenths(report.rates().applied()));
    out.writeNumberField("dead_lettered_per_s", tenths(report.rates().deadLettered()));
    out.writeNumberField("retries", report.counts().retries());
    out.writeNumberField("dead_lettered", report.counts().deadLettered());
    out.writeObjectFieldStart("searchable_after");
    out.writeNumberField("p50_us", report.latency().p50().toNanos() / 1000);
    out.writeNumberField("p99_us", report.latency().p99().toNanos() / 1000);
    out.writeNumberField("samples", report.latency().samples());
    out.writeEndObject();
  }

  private static void writeCounts(PipelineReport.Counts counts, JsonGenerator out)
      throws IOException {
    out.writeObjectFieldStart("counts");
    out.writeNumberField("received", counts.received());
    out.writeNumberField("applied", counts.applied());
    out.writeNumberField("repeated", counts.repeated());
    out.writeNumberField("stale", counts.stale());
    out.writeNumberField("advanced", counts.advanced());
    out.writeEndObject();
  }

  private static void write(PipelineReport.Step step, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("step", step.label());
    out.writeNumberField("in", step.in());
    out.writeNumberField("out", step.out());
    out.writeNumberField("dropped", step.dropped());
    out.writeNumberField("rejected", step.rejected());
    out.writeNumberField("in_per_s", tenths(step.inPerSecond()));
    out.writeNumberField("out_per_s", tenths(step.outPerSecond()));
    out.writeEndObject();
  }

  private static void write(PipelineReport.Partition partition, JsonGenerator out)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("topic", partition.topic());
    out.writeNumberField("partition", partition.number());
    out.writeNumberField("next_offset", partition.next());
    out.writeNumberField("taken", partition.taken());
    out.writeNumberField("lag", partition.lag());
    if (partition.latest().isPresent()) {
      out.writeStringField("latest", partition.latest().get().toString());
    }
    out.writeEndObject();
  }

  private static double tenths(double rate) {
    return Math.round(rate * 10) / 10.0;
  }
}
