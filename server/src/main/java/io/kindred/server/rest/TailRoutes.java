package io.kindred.server.rest;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Description;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.server.events.Event;
import io.kindred.server.events.EventTail;
import io.kindred.server.json.TableJson;
import io.kindred.server.json.TailJson;
import io.kindred.server.logs.LogLine;
import io.kindred.server.logs.LogSource;
import io.kindred.server.stream.EventStreams;
import io.kindred.server.stream.Tail;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The routes that tell what happens while it does. Thread-safe.
@Description("Live tails: calls and events about rows, and the log.")
public final class TailRoutes {
  private static final Set<String> KINDS =
      Set.of("put", "update", "delete", "get", "scan", "search", "event");

  /// In a quarter of a second.
  private static final int EVENTS_MAX = 25;

  private static final int LINES_MAX = 500;

  private final EventTail events;
  private final @Nullable LogSource logs;
  private final EventStreams streams;

  /// @param logs null where the process keeps no log to look at
  public TailRoutes(EventTail events, @Nullable LogSource logs, EventStreams streams) {
    this.events = events;
    this.logs = logs;
    this.streams = streams;
  }

  @Get("/v1/events/tail")
  @Description(
      "What callers write, read and search, and what pipelines apply, as server-sent events: a"
          + " sample, and how many more there were. `table` and `kind` (several with commas) narrow"
          + " it.")
  public HttpResponse events(
      ServiceRequestContext context,
      @Param("table") @Default("") String table,
      @Param("kind") @Default("") String kind) {
    List<String> kinds = kind.isEmpty() ? List.of() : List.of(kind.split(",", -1));
    for (String one : kinds) {
      if (!KINDS.contains(one)) {
        throw KindredException.of(
            ErrorCode.INVALID_ARGUMENT, "kind", one, "one of " + KINDS.stream().sorted().toList());
      }
    }
    Tail.Reader<Event> reader =
        events
            .tail()
            .reader(
                event ->
                    (table.isEmpty() || table.equals(event.table()))
                        && (kinds.isEmpty() || kinds.contains(event.kind())),
                EVENTS_MAX);
    return streams.open(
        context, new TailSource<>(reader, new Tail.Batch<>(List.of(), 0), TailJson::events));
  }

  @Get("/v1/logs/stream")
  @Description(
      "The last lines of the log and those to come, as server-sent events: of a `level` (info where"
          + " it is left out) and above, and with a `text` in them.")
  public HttpResponse logs(
      ServiceRequestContext context,
      @Param("level") @Default("info") String level,
      @Param("text") @Default("") String text) {
    LogSource source = logs;
    if (source == null) {
      throw new KindredException(
          ErrorCode.UNSUPPORTED, "logs: none are kept (expected: a server of the command line)");
    }
    LogLine.Filter filter = new LogLine.Filter(level(level), text);
    Tail.Reader<LogLine> reader = source.tail().reader(filter::admits, LINES_MAX);
    List<LogLine> before = source.recent().stream().filter(filter::admits).toList();
    int from = Math.max(0, before.size() - LINES_MAX);
    Tail.Batch<LogLine> first = new Tail.Batch<>(before.subList(from, before.size()), from);
    return streams.open(context, new TailSource<>(reader, first, TailJson::lines));
  }

  private static LogLine.Level level(String text) {
    for (LogLine.Level level : LogLine.Level.values()) {
      if (TableJson.name(level).equals(text.toLowerCase(Locale.ROOT))) {
        return level;
      }
    }
    List<String> names = Arrays.stream(LogLine.Level.values()).map(TableJson::name).toList();
    throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "level", text, "one of " + names);
  }

  /// A reader's batches, the first of which is there at once. Owned by the clock of the streams.
  private static final class TailSource<T> implements EventStreams.Source {
    private final Tail.Reader<T> reader;
    private final Function<Tail.Batch<T>, String> json;
    private Tail.@Nullable Batch<T> first;

    TailSource(Tail.Reader<T> reader, Tail.Batch<T> first, Function<Tail.Batch<T>, String> json) {
      this.reader = reader;
      this.first = first;
      this.json = json;
    }

    @Override
    public @Nullable String next() {
      Tail.Batch<T> batch = first;
      if (batch != null) {
        first = null;
        return json.apply(batch);
      }
      Tail.Batch<T> more = reader.take();
      return more.isEmpty() ? null : json.apply(more);
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
