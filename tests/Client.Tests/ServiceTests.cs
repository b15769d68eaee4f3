using Camshaft.Client.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.Client.Tests;

/// <summary>The client among the services of a program.</summary>
[Collection(ServerCollection.Name)]
public sealed class ServiceTests(ServerFixture server)
{
    [Fact]
    public async Task The_scheme_of_the_address_chooses_the_client()
    {
        await using var binary = new ServiceCollection().AddLogging().AddMetrics().AddCamshaftClient(server.Address).BuildServiceProvider();
        await using var http = new ServiceCollection().AddCamshaftClient(server.HttpAddress).BuildServiceProvider();

        Assert.IsType<KServeHttpClient>(http.GetRequiredService<IInferenceClient>());
        var client = Assert.IsType<CamshaftClient>(binary.GetRequiredService<IInferenceClient>());
        Assert.Same(client, binary.GetRequiredService<IInferenceClient>());
        await using var model = await client.OpenModelAsync("simple");
        Assert.Equal("simple", model.Name);
    }

    [Theory]
    [InlineData("ftp://localhost")]
    [InlineData("camshaft+unix://")]
    [InlineData("http://localhost")]
    public void Addresses_that_lead_nowhere_are_refused_at_once(string address) => Assert.Throws<ArgumentException>(() => new CamshaftClient(address));

    [Fact]
    public void A_client_without_an_endpoint_cannot_be_made() => Assert.Throws<ArgumentException>(() => new CamshaftClient(new CamshaftClientOptions()));
}
