package io.kindred.server.grpc;

import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.kindred.protocol.v1.PipelineServiceGrpc;
import io.kindred.protocol.v1.RowServiceGrpc;
import io.kindred.server.ServerOptions;
import io.kindred.server.pipelines.EventPipelines;
import io.kindred.server.rows.RowOperations;
import io.kindred.server.rows.Searches;
import io.kindred.server.work.Calls;
import java.util.Set;

/// Every gRPC service of the server: `kindred.v1`, `embeddings`, health and reflection.
/// Thread-safe.
public final class GrpcServices implements AutoCloseable {
  private static final int STREAMS_MAX = 256;
  private static final Set<String> STREAM_PATHS =
      Set.of(
          "/" + RowServiceGrpc.getPutStreamMethod().getFullMethodName(),
          "/" + RowServiceGrpc.getGetStreamMethod().getFullMethodName(),
          "/" + PipelineServiceGrpc.getPushEventsMethod().getFullMethodName(),
          "/" + ServerReflectionGrpc.getServerReflectionInfoMethod().getFullMethodName());

  private final Calls calls;
  private final RowOperations rows;
  private final OpenStreams streams = new OpenStreams(STREAMS_MAX);
  private final GrpcService service;

  /// What the services work on. Immutable.
  public record Parts(RowOperations rows, Searches searches, EventPipelines pipelines) {}

  public GrpcServices(ServerOptions options, Calls calls, Parts parts) {
    this.calls = calls;
    this.rows = parts.rows();
    this.service =
        GrpcService.builder()
            .addService(new TableCalls(calls))
            .addService(new RowCalls(calls, parts.rows(), streams))
            .addService(new SearchCalls(calls, parts.searches()))
            .addService(new PipelineCalls(calls, parts.pipelines(), streams))
            .addService(new EmbeddingCalls(calls, parts.rows()))
            .addService(ProtoReflectionServiceV1.newInstance())
            // Not JSON: its codecs are generated at the start, which takes longer than all the
            // rest.
            .supportedSerializationFormats(
                GrpcSerializationFormats.PROTO,
                GrpcSerializationFormats.PROTO_WEB,
                GrpcSerializationFormats.PROTO_WEB_TEXT)
            .enableHealthCheckService(true)
            .maxRequestMessageLength(options.requestBytesMax())
            .exceptionHandler(new GrpcErrors())
            .useClientTimeoutHeader(false)
            .autoCompression(false)
            .build();
  }

  /// Whether requests of the path are streams of messages.
  public static boolean isStream(String path) {
    return STREAM_PATHS.contains(path);
  }

  public void addTo(ServerBuilder builder) {
    builder.service(service, others -> new DirectVectors(others, calls, rows));
  }

  /// Ends the open streams once what they received is answered.
  @Override
  public void close() {
    streams.close();
  }
}
