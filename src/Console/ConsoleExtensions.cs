using Camshaft.LiveConsole.Assets;
using Camshaft.LiveConsole.Feed;
using Camshaft.LiveConsole.Sampling;
using Camshaft.Transport.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.LiveConsole;

/// <summary>Adds the console to Camshaft.</summary>
public static class ConsoleExtensions
{
    /// <summary>Adds what the console knows: samples of the engine, from the start of the application to its end.</summary>
    public static CamshaftBuilder AddConsole(this CamshaftBuilder builder)
    {
        builder.Services.AddSingleton<Observatory>();
        builder.Services.AddSingleton<FeedHub>();
        builder.Services.AddSingleton<FeedEndpoints>();
        builder.Services.AddHostedService<SamplingLoop>();
        return builder;
    }

    /// <summary>Serves the page at <c>/console</c>, and the feed that it reads. After <see cref="AddConsole"/>.</summary>
    public static void MapCamshaftConsole(this IEndpointRouteBuilder endpoints)
    {
        AssetEndpoints.Map(endpoints);
        endpoints.ServiceProvider.GetRequiredService<FeedEndpoints>().Map(endpoints);
    }

    /// <summary>Says at <c>/console</c>, to browsers and to <c>camshaft top</c>, that this server has no console.</summary>
    public static void MapNoCamshaftConsole(this IEndpointRouteBuilder endpoints) => endpoints.Map(
        "/console/{**path}",
        static context => ConsoleError.WriteAsync(context, StatusCodes.Status404NotFound, "This server has no console: its setting 'console' is false."));
}
