using System.Net;
using System.Text;
using Camshaft.Server.Tests.Support;

namespace Camshaft.Server.Tests.EndToEnd;

/// <summary>Each bad request gets its status and reason; then the same connection serves a good one, and no memory is out.</summary>
public sealed class BadInputTests(BadInputFixture fixture) : IClassFixture<BadInputFixture>
{
    private const string Data = "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]";
    private const string Input0 = """{"name":"INPUT0","datatype":"INT32","shape":[1,16],"data":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]}""";
    private const string Input1 = """{"name":"INPUT1","datatype":"INT32","shape":[1,16],"data":[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]}""";
    private const string Gather = "/v2/models/gather/infer";
    private const string Simple = "/v2/models/simple/infer";

    [Theory]
    [InlineData("/v2/models/nothing/infer", "nothing")]
    [InlineData("/v2/models/Simple/infer", "Simple")]
    [InlineData("/v2/models/simple/versions/2/infer", "simple", "2")]
    public async Task An_unknown_model_or_version_is_404(string path, params string[] message) =>
        await AssertRefusedAsync(path, Body(Input0, Input1), HttpStatusCode.NotFound, message);

    [Theory]
    [InlineData("corrupt", "corrupt")]
    [InlineData("cut", "cut")]
    [InlineData("empty", "empty")]
    [InlineData("fileless", "model.onnx")]
    [InlineData("versionless", "holds no version")]
    [InlineData("disagrees", "input 'INPUT0' has datatype FP32; the model file has INT32")]
    [InlineData("misspelt", "unknown key 'bakend'")]
    [InlineData("homeless", "tensorflow")]
    [InlineData("future", "Opset 1000")]
    [InlineData("unknown", "Frobnicate")]
    [InlineData("linked", "which lies outside the model repository")]
    [InlineData("dangling", "model.onnx")]
    public async Task A_model_that_could_not_be_loaded_is_503_with_the_reason(string modelName, string reason) =>
        await AssertRefusedAsync($"/v2/models/{modelName}/infer", Body(Input0, Input1), HttpStatusCode.ServiceUnavailable, modelName, reason);

    [Theory]
    [InlineData("""{"inputs":[%0]}""", "INPUT1")]
    [InlineData("""{"inputs":[]}""", "INPUT0")]
    [InlineData("{}", "inputs")]
    [InlineData("""{"inputs":[%0,%1,{"name":"INPUT2","datatype":"INT32","shape":[1],"data":[1]}]}""", "INPUT2")]
    [InlineData("""{"inputs":[%0,%1,%1]}""", "INPUT1")]
    [InlineData("""{"inputs":[%0,%1],"outputs":[{"name":"OUTPUT2"}]}""", "OUTPUT2")]
    [InlineData("""{"inputs":[%0,%1],"outputs":[{"name":"OUTPUT0"},{"name":"OUTPUT0"}]}""", "OUTPUT0")]
    public async Task A_tensor_that_is_missing_surplus_or_doubled_is_named(string body, string tensor) =>
        await AssertRefusedAsync(Simple, Expand(body), HttpStatusCode.BadRequest, tensor);

    [Theory]
    [InlineData("FP32", "[1,16]", "INPUT0", "FP32", "INT32")]
    [InlineData("INT128", "[1,16]", "INPUT0", "INT128")]
    [InlineData("INT32", "[16]", "INPUT0", "[16]", "[-1,16]")]
    [InlineData("INT32", "[1,8,2]", "INPUT0", "[1,8,2]", "[-1,16]")]
    [InlineData("INT32", "[16,1]", "INPUT0", "[16,1]", "[-1,16]")]
    [InlineData("INT32", "[2,16]", "INPUT0", "16", "32")]
    [InlineData("INT32", "[-1,16]", "INPUT0", "-1")]
    [InlineData("INT32", "[9223372036854775807,16]", "INPUT0")]
    public async Task A_wrong_datatype_rank_or_size_is_named_with_what_was_expected(string dataType, string shape, params string[] message) =>
        await AssertRefusedAsync(Simple, Body($$"""{"name":"INPUT0","datatype":"{{dataType}}","shape":{{shape}},"data":{{Data}}}""", Input1), HttpStatusCode.BadRequest, message);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"inputs":[%0,%1]""")]
    [InlineData("""{"inputs":[%0,%1]}}""")]
    [InlineData("""{"inputs":[%0,%1],}""")]
    [InlineData("""{"inputs":{}}""")]
    [InlineData("""{"inputs":[1]}""")]
    [InlineData("""{"inputs":[%1,{"name":"INPUT0","datatype":"INT32","shape":[1,16],"data":["0",1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]}]}""")]
    [InlineData("""{"inputs":[%1,{"name":"INPUT0","datatype":"INT32","shape":[1,16],"data":[0.5,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]}]}""")]
    [InlineData("""{"inputs":[%1,{"name":"INPUT0","datatype":"INT32","shape":[1,16],"data":[NaN,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]}]}""")]
    [InlineData("""{"inputs":[%1,{"name":"INPUT0","datatype":"INT32","shape":[1,16]}]}""")]
    public async Task Malformed_JSON_is_400(string body) => await AssertRefusedAsync(Simple, Expand(body), HttpStatusCode.BadRequest);

    [Theory]
    [InlineData(127, 64, 64)]
    [InlineData(129, 64, 64)]
    [InlineData(0, 64, 64)]
    [InlineData(128, 63, 65)]
    [InlineData(128, 128, 0)]
    public async Task A_binary_tail_that_is_not_what_the_header_says_is_400(int tailLength, int size0, int size1)
    {
        var header = $$"""
            {"inputs":[{"name":"INPUT0","datatype":"INT32","shape":[1,16],"parameters":{"binary_data_size":{{size0}} } },
            {"name":"INPUT1","datatype":"INT32","shape":[1,16],"parameters":{"binary_data_size":{{size1}} } }]}
            """;
        byte[] body = [.. Encoding.UTF8.GetBytes(header), .. new byte[tailLength]];

        await AssertRefusedAsync(() => fixture.Server.Client.PostAsync(Simple, body, header.Length), HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    public async Task A_header_length_that_cannot_be_is_400(int headerLength) =>
        await AssertRefusedAsync(() => fixture.Server.Client.PostAsync(Simple, Body(Input0, Input1), headerLength), HttpStatusCode.BadRequest);

    [Theory]
    [InlineData(new byte[] { 255, 255, 255, 255, 65 })]
    [InlineData(new byte[] { 1, 0, 0, 0 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 65, 0 })]
    public async Task A_BYTES_tensor_whose_lengths_lie_is_400_and_named(byte[] elements)
    {
        var header = $$"""{"inputs":[{"name":"INPUT0","datatype":"BYTES","shape":[1,1],"parameters":{"binary_data_size":{{elements.Length}} } }]}""";
        byte[] body = [.. Encoding.UTF8.GetBytes(header), .. elements];

        await AssertRefusedAsync(() => fixture.Server.Client.PostAsync("/v2/models/text/infer", body, header.Length), HttpStatusCode.BadRequest, "text", "INPUT0");
    }

    [Fact]
    public async Task A_run_that_fails_is_told_and_the_model_goes_on_serving()
    {
        // More often than a backend may fail by its own fault before its model is taken out of service.
        for (var i = 0; i < 12; i++)
        {
            await AssertRefusedAsync(Gather, """{"inputs":[{"name":"index","datatype":"INT64","shape":[1],"data":[7]}]}""", HttpStatusCode.BadRequest, "Model 'gather' version 1", "idx=7");
        }

        Assert.Equal(HttpStatusCode.OK, (await fixture.Server.Client.PostAsync(Gather, """{"inputs":[{"name":"index","datatype":"INT64","shape":[1],"data":[2]}]}""")).Status);
    }

    private static string Body(params string[] inputs) => $$"""{"inputs":[{{string.Join(',', inputs)}}]}""";

    private static string Expand(string body) => body.Replace("%0", Input0, StringComparison.Ordinal).Replace("%1", Input1, StringComparison.Ordinal);

    private Task AssertRefusedAsync(string path, string body, HttpStatusCode status, params string[] message) =>
        AssertRefusedAsync(() => fixture.Server.Client.PostAsync(path, body), status, message);

    private async Task AssertRefusedAsync(Func<Task<(HttpStatusCode Status, string? Error)>> request, HttpStatusCode status, params string[] message)
    {
        var client = fixture.Server.Client;
        await AssertServesAsync(client);
        var connections = client.ConnectionCount;

        var answer = await request();

        Assert.Equal((status, answer.Error), (answer.Status, answer.Error));
        Assert.False(string.IsNullOrWhiteSpace(answer.Error));
        Assert.All(message, part => Assert.Contains(part, answer.Error, StringComparison.Ordinal));
        await fixture.Server.AssertNothingLeasedAsync();
        await AssertServesAsync(client);
        Assert.Equal(connections, client.ConnectionCount);
    }

    private static async Task AssertServesAsync(InferenceClient client) =>
        Assert.Equal(SampleModel.SimpleOutputs, (await client.InferAsync("simple", SampleModel.SimpleInputs, binary: true)).Outputs);
}
