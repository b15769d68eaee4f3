using System.Net;
using Camshaft.Server.Startup;
using Camshaft.Server.Tests.Support;
using Camshaft.Transport.Hosting.Access;

namespace Camshaft.Server.Tests.Telemetry;

public sealed class MetricsPortTests
{
    private static readonly HttpClient Http = new();

    [Fact]
    public async Task The_metrics_have_a_port_of_their_own()
    {
        await using var server = await TestServer.StartAsync(SampleModel.Repository);
        await server.Client.InferAsync("simple", SampleModel.SimpleInputs, binary: false);

        Assert.Contains("camshaft_requests_total{model=\"simple\",version=\"1\",code=\"ok\"} 1\n", await Http.GetStringAsync(server.MetricsAddress), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await GetStatusAsync(new Uri(server.MetricsAddress, "/v2")));
        Assert.Equal(HttpStatusCode.NotFound, await GetStatusAsync(new Uri(server.Client.Address, "/metrics")));
    }

    [Fact]
    public async Task Without_a_port_there_are_no_metrics()
    {
        await using var server = await TestServer.StartAsync(SampleModel.Repository, static options => options.MetricsPort = MetricsPort.None);

        Assert.Throws<InvalidOperationException>(() => server.MetricsAddress);
        Assert.Equal(HttpStatusCode.NotFound, await GetStatusAsync(new Uri(server.Client.Address, "/metrics")));
    }

    [Fact]
    public async Task The_metrics_need_the_right_to_observe()
    {
        await using var server = await TestServer.StartAsync(SampleModel.Repository, static options => options.Access.Anonymous = [AccessRights.Infer]);

        Assert.Equal(HttpStatusCode.Forbidden, await GetStatusAsync(server.MetricsAddress));
    }

    [Fact]
    public async Task Errors_are_counted_by_their_code()
    {
        await using var server = await TestServer.StartAsync(SampleModel.Repository);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.Client.PostAsync("/v2/models/simple/infer", """{"inputs":[]}""")).Status);

        var lines = (await Http.GetStringAsync(server.MetricsAddress)).Split('\n');
        Assert.Contains("camshaft_requests_total{model=\"simple\",version=\"1\",code=\"invalid_argument\"} 1", lines);
        Assert.Contains("camshaft_requests_refused_total{model=\"simple\",version=\"1\"} 1", lines);
        Assert.Contains("nv_inference_request_failure{model=\"simple\",version=\"1\",reason=\"OTHER\"} 0", lines);
    }

    [Fact]
    public async Task Requests_are_counted_by_the_tags_that_the_configuration_names_alone()
    {
        await using var server = await TestServer.StartAsync(SampleModel.Repository, static options =>
        {
            options.Metrics.Tags = ["tenant"];
            options.Metrics.TagValues = 1;
        });
        foreach (var tenant in new[] { "a\"b", "second" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Client.Address, "/v2/models/simple/infer")) { Content = new StringContent(SimpleRequest.Body) };
            request.Headers.Add("Camshaft-Tag-Tenant", tenant);
            request.Headers.Add("Camshaft-Tag-Region", "eu");
            using var answer = await Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await server.AssertNothingLeasedAsync();
        var text = await Http.GetStringAsync(server.MetricsAddress);
        Assert.Contains("camshaft_requests_tagged_total{model=\"simple\",version=\"1\",tag=\"tenant\",value=\"a\\\"b\",result=\"ok\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("camshaft_requests_tagged_total{model=\"simple\",version=\"1\",tag=\"tenant\",value=\"other\",result=\"ok\"} 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("region", text, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<HttpStatusCode> GetStatusAsync(Uri address)
    {
        using var answer = await Http.GetAsync(address);
        return answer.StatusCode;
    }
}
