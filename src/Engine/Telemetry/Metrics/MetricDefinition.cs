using Camshaft.Engine.Telemetry.Snapshots;

namespace Camshaft.Engine.Telemetry.Metrics;

/// <summary>A metric: the one source of its instrument, of its lines for Prometheus and of its row in the documentation.</summary>
/// <param name="Name">Its name as an instrument, its parts joined by dots.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Unit">What it is measured in, as UCUM writes it: <c>s</c>, <c>By</c>, <c>W</c>, <c>J</c>, <c>Cel</c>, or in braces what is counted.</param>
/// <param name="Description">What it means; one line, without a full stop at its end.</param>
/// <param name="Labels">What tells its numbers apart.</param>
public sealed record MetricDefinition(string Name, MetricKind Kind, string Unit, string Description, params string[] Labels)
{
    /// <summary>Takes its numbers from a snapshot; nothing for a histogram, whose numbers are in the recorders.</summary>
    public Func<EngineSnapshot, IEnumerable<MetricSample>> Read { get; init; } = static _ => [];

    /// <summary>Its name in Prometheus' formats, without the <c>_total</c> that a counter ends with there.</summary>
    public string PrometheusFamily => Name.Replace('.', '_') + Unit switch { "s" => "_seconds", "By" => "_bytes", "W" => "_watts", "J" => "_joules", "Cel" => "_celsius", _ => "" };

    /// <summary>Its name in Prometheus.</summary>
    public string PrometheusName => Kind == MetricKind.Counter ? PrometheusFamily + "_total" : PrometheusFamily;
}
