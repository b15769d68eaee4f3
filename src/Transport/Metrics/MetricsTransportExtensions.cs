using Camshaft.Transport.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.Transport.Metrics;

/// <summary>Adds the metrics to Camshaft.</summary>
public static class MetricsTransportExtensions
{
    /// <summary>Serves <c>/metrics</c> for Prometheus, wherever the application maps Camshaft.</summary>
    public static CamshaftBuilder AddMetrics(this CamshaftBuilder builder)
    {
        builder.Services.AddSingleton<ITransportEndpoints, MetricsEndpoint>();
        return builder;
    }
}
