using System.Globalization;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Telemetry;
using Camshaft.Engine.Telemetry.Metrics;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Infer;

/// <summary>
/// Says in the answer's <c>Server-Timing</c> what the stages of the request took, in milliseconds, to those who ask for it with
/// the header <c>Camshaft-Timing</c>. The sending is not over by then and in no number.
/// </summary>
internal static class ServerTiming
{
    private const string Asking = "Camshaft-Timing";

    /// <summary>Writes the header, before the answer's first byte.</summary>
    public static void Write(HttpContext context, InferenceRequest request, TimeProvider timeProvider)
    {
        if (context.Request.Headers.ContainsKey(Asking))
        {
            var timings = request.Timings;
            timings.Sent = timings.Completed;
            var parts = Enum.GetValues<RequestStage>()
                .Where(static stage => stage != RequestStage.Send)
                .Select(stage => string.Create(CultureInfo.InvariantCulture, $"{StageName.Of(stage)};dur={timings.GetTicks(stage) * 1000.0 / timeProvider.TimestampFrequency:0.####}"));
            context.Response.Headers["Server-Timing"] = string.Join(", ", parts);
        }
    }
}
