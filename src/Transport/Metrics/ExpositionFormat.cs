using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Camshaft.Transport.Metrics;

/// <summary>The format in which metrics are written.</summary>
/// <param name="ContentType">How it is named on the wire.</param>
/// <param name="IsOpenMetrics">Whether it is OpenMetrics 1.0, which has units and exemplars; else Prometheus' text format 0.0.4.</param>
internal sealed record ExpositionFormat(string ContentType, bool IsOpenMetrics)
{
    public static ExpositionFormat Text { get; } = new("text/plain; version=0.0.4; charset=utf-8", IsOpenMetrics: false);

    public static ExpositionFormat OpenMetrics { get; } = new("application/openmetrics-text; version=1.0.0; charset=utf-8", IsOpenMetrics: true);

    /// <summary>Takes the one that a client likes better; text when it does not say, or says nothing that can be read.</summary>
    public static ExpositionFormat Choose(StringValues accept)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept, out var types))
        {
            return Text;
        }

        var openMetrics = GetQuality(types, "application/openmetrics-text");
        return openMetrics > 0 && openMetrics >= GetQuality(types, "text/plain") ? OpenMetrics : Text;
    }

    private static double GetQuality(IList<MediaTypeHeaderValue> types, string name) =>
        types.Where(type => type.MediaType.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static type => type.Quality ?? 1).DefaultIfEmpty(0).Max();
}
