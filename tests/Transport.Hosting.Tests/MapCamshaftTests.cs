using Camshaft.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.Transport.Hosting.Tests;

public sealed class MapCamshaftTests
{
    [Fact]
    public async Task In_a_group_the_endpoints_have_its_prefix_and_its_rules()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Services.AddCamshaft(new EngineOptions { TensorMemoryBudgetBytes = 1 << 20 }).Services.AddSingleton<ITransportEndpoints, Ping>();
        await using var app = builder.Build();
        app.MapGroup("/inference").WithMetadata("rule").MapCamshaft();

        var endpoint = Assert.IsType<RouteEndpoint>(Assert.Single(((IEndpointRouteBuilder)app).DataSources.SelectMany(static source => source.Endpoints)));
        Assert.Equal("/inference/ping", endpoint.RoutePattern.RawText);
        Assert.Contains("rule", endpoint.Metadata);
    }

    private sealed class Ping : ITransportEndpoints
    {
        public void Map(IEndpointRouteBuilder endpoints) => endpoints.Map("/ping", static _ => Task.CompletedTask);
    }
}
