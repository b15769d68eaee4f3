using System.Net;
using Camshaft.Backends;
using Camshaft.Transport.Http.Tests.Endpoints;

namespace Camshaft.Transport.Http.Tests.WrongInput;

[Collection(WrongInputCollection.Name)]
public sealed class BinaryPartTests(HttpServer server) : WrongInputTest(server)
{
    private const string Json = """{"inputs":[{"name":"x","datatype":"INT32","shape":[4],"parameters":{"binary_data_size":16}}]}""";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(32)]
    public async Task A_part_that_is_cut_or_has_a_surplus_is_refused(int byteSize) => await AssertRefusedAsync(
        Post(InferPath(DataType.Int32), Json, new byte[byteSize]),
        HttpStatusCode.BadRequest,
        $"Model 'identity_INT32' version 1: the body has {byteSize} bytes after its JSON part; the inputs' 'binary_data_size' add up to 16.");

    [Theory]
    [InlineData(0, "the body ends after 0 of the 16 bytes of input 'x'")]
    [InlineData(15, "the body ends after 15 of the 16 bytes of input 'x'")]
    [InlineData(17, "the body has more bytes than its inputs' sizes add up to")]
    public async Task Without_a_length_in_front_it_is_found_at_the_end(int byteSize, string message) => await AssertRefusedAsync(
        ChunkedRequest.Create(InferPath(DataType.Int32), Json, new byte[byteSize], chunkByteSize: 64),
        HttpStatusCode.BadRequest,
        "Model 'identity_INT32' version 1",
        message);

    [Fact]
    public async Task A_chunked_body_that_announces_more_than_the_limit_takes_no_memory()
    {
        var byteSize = HttpServer.BodyByteSizeLimit + 4;
        var json = $$$"""{"inputs":[{"name":"x","datatype":"INT32","shape":[{{{byteSize / 4}}}],"parameters":{"binary_data_size":{{{byteSize}}}}}]}""";

        await AssertRefusedAndClosedAsync(
            ChunkedRequest.Create(InferPath(DataType.Int32), json, [], chunkByteSize: 1024), HttpStatusCode.RequestEntityTooLarge, $"at most {HttpServer.BodyByteSizeLimit}");
    }

    [Fact]
    public async Task A_JSON_request_has_nothing_behind_it() => await AssertRefusedAsync(
        Post(InferPath(DataType.Int32), """{"inputs":[{"name":"x","datatype":"INT32","shape":[1],"data":[1]}]}""", new byte[3]),
        HttpStatusCode.BadRequest,
        "the body has 3 bytes after its JSON part; the inputs' 'binary_data_size' add up to 0");

    [Theory]
    [InlineData(1, new byte[] { 255, 255, 255, 255, 65 })]
    [InlineData(1, new byte[] { 255, 255, 255, 127, 65 })]
    [InlineData(1, new byte[] { 2, 0, 0, 0, 65 })]
    [InlineData(1, new byte[] { 1, 0, 0, 0, 65, 66 })]
    [InlineData(1, new byte[] { 1, 0, 0, 0, 65, 0, 0, 0 })]
    [InlineData(2, new byte[] { 1, 0, 0, 0, 65, 4, 0, 0, 0 })]
    [InlineData(2, new byte[] { 4, 0, 0, 0, 1, 0, 0, 0 })]
    [InlineData(1, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    public async Task BYTES_whose_lengths_lie_are_refused(int count, byte[] elements)
    {
        var json = $$$"""{"inputs":[{"name":"x","datatype":"BYTES","shape":[{{{count}}}],"parameters":{"binary_data_size":{{{elements.Length}}}}}]}""";

        await AssertRefusedAsync(
            Post(InferPath(DataType.Bytes), json, elements), HttpStatusCode.BadRequest, $"Model 'identity_BYTES' version 1: input 'x' has shape [{count}]", $"its {elements.Length} bytes hold");
    }

    [Theory]
    [InlineData(2, new byte[] { 1, 0, 0 })]
    [InlineData(1, new byte[] { })]
    public async Task BYTES_too_short_for_their_lengths_are_refused(int count, byte[] elements)
    {
        var json = $$$"""{"inputs":[{"name":"x","datatype":"BYTES","shape":[{{{count}}}],"parameters":{"binary_data_size":{{{elements.Length}}}}}]}""";

        await AssertRefusedAsync(
            Post(InferPath(DataType.Bytes), json, elements), HttpStatusCode.BadRequest, $"Model 'identity_BYTES' version 1: input 'x' has {elements.Length} bytes; expected at least {count * 4}");
    }

    [Theory]
    [InlineData("simple", 128, "a model with one input; this one has 2")]
    [InlineData("identity_INT32", 7, "input 'x' has 7 bytes; expected 4 for INT32 [1]")]
    public async Task A_raw_body_that_is_no_tensor_of_the_model_is_refused(string model, int byteSize, string message) =>
        await AssertRefusedAsync(Post(InferPath(model), new byte[byteSize], "Inference-Header-Content-Length: 0"), HttpStatusCode.BadRequest, $"Model '{model}' version 1: ", message);
}
