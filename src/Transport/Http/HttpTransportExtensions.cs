using Camshaft.Transport.Hosting;
using Camshaft.Transport.Http.Endpoints;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.Transport.Http;

/// <summary>Adds the HTTP transport to Camshaft.</summary>
public static class HttpTransportExtensions
{
    /// <summary>Serves KServe V2 over HTTP, wherever the application maps Camshaft.</summary>
    public static CamshaftBuilder AddHttp(this CamshaftBuilder builder, HttpTransportOptions? options = null)
    {
        builder.Services.AddSingleton(options ?? new HttpTransportOptions());
        builder.Services.AddSingleton<InferEndpoint>();
        builder.Services.AddSingleton<HealthEndpoints>();
        builder.Services.AddSingleton<MetadataEndpoints>();
        builder.Services.AddSingleton<RepositoryEndpoints>();
        builder.Services.AddSingleton<RouteEndpoints>();
        builder.Services.AddSingleton<RegistryEndpoints>();
        builder.Services.AddSingleton<AlertEndpoints>();
        builder.Services.AddSingleton<StatisticsEndpoints>();
        builder.Services.AddSingleton<ITransportEndpoints, HttpEndpoints>();
        return builder;
    }
}
