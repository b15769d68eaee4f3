using System.Diagnostics.Metrics;
using Camshaft.Client;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a client to the services of a program.</summary>
public static class CamshaftClientServiceCollectionExtensions
{
    /// <summary>Adds an <see cref="IInferenceClient"/>, one for the whole program, which speaks what the scheme of the address says.</summary>
    /// <param name="services">The services.</param>
    /// <param name="address">Such as <c>camshaft://localhost:8003</c> or <c>http://localhost:8000</c>.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddCamshaftClient(this IServiceCollection services, string address) =>
        services.AddCamshaftClient(options => options.Endpoints.Add(new Uri(address, UriKind.Absolute)));

    /// <summary>Adds an <see cref="IInferenceClient"/>, one for the whole program, which speaks what the scheme of the endpoints says.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Says where the servers are, and the rest.</param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddCamshaftClient(this IServiceCollection services, Action<CamshaftClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<CamshaftClientOptions>()
            .Configure<IServiceProvider>(static (options, provider) =>
            {
                options.LoggerFactory = provider.GetService<ILoggerFactory>() ?? options.LoggerFactory;
                options.MeterFactory = provider.GetService<IMeterFactory>();
                options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
            })
            .Configure(configure);
        services.TryAddSingleton<IInferenceClient>(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<CamshaftClientOptions>>().Value;
            return options.Endpoints is [{ Scheme: "http" or "https" }, ..] ? new KServeHttpClient(options) : new CamshaftClient(options);
        });
        return services;
    }
}
