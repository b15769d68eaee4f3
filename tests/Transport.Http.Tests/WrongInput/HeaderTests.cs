using System.Net;
using System.Text;
using Camshaft.Backends;
using Camshaft.Transport.Http.Tests.Endpoints;

namespace Camshaft.Transport.Http.Tests.WrongInput;

[Collection(WrongInputCollection.Name)]
public sealed class HeaderTests(HttpServer server) : WrongInputTest(server)
{
    private const string Json = """{"inputs":[{"name":"x","datatype":"UINT8","shape":[3],"parameters":{"binary_data_size":3}}]}""";

    private static readonly string Path = InferPath(DataType.UInt8);

    [Theory]
    [InlineData("-1")]
    [InlineData("+3")]
    [InlineData("3.0")]
    [InlineData("0x10")]
    [InlineData("many")]
    [InlineData("1,2")]
    [InlineData("")]
    [InlineData("99999999999999999999")]
    [InlineData("1000000")]
    [InlineData("9223372036854775807")]
    public async Task A_JSON_length_that_cannot_be_is_refused(string length) =>
        await AssertRefusedAsync(Post(Path, Json, $"Inference-Header-Content-Length: {length}"), HttpStatusCode.BadRequest, $"Model 'identity_UINT8': Inference-Header-Content-Length is {(length.Contains("000000", StringComparison.Ordinal) || length.StartsWith("92", StringComparison.Ordinal) ? length : $"'{length}'")}");

    [Fact]
    public async Task A_JSON_length_that_is_given_twice_is_refused() =>
        await AssertRefusedAsync(Post(Path, Json, "Inference-Header-Content-Length: 3", "Inference-Header-Content-Length: 3"), HttpStatusCode.BadRequest, "Inference-Header-Content-Length is '3,3'");

    [Fact]
    public async Task A_JSON_length_beyond_a_chunked_bodys_end_is_refused()
    {
        var request = Encoding.Latin1.GetString(ChunkedRequest.Create(Path, Json, [], 64));

        await AssertRefusedAsync(
            Encoding.Latin1.GetBytes(request.Replace($"Length: {Json.Length}", "Length: 1000", StringComparison.Ordinal)),
            HttpStatusCode.BadRequest,
            $"The body ends after {Json.Length} bytes; Inference-Header-Content-Length says that 1000 are JSON.");
    }

    [Fact]
    public async Task Chunks_of_one_byte_are_read()
    {
        await Connection.SendAsync(ChunkedRequest.Create(Path, Json, [7, 8, 9], chunkByteSize: 1));
        var answer = await Connection.ReadAnswerAsync();

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains("[7,8,9]", Encoding.UTF8.GetString(answer.Body), StringComparison.Ordinal);
        await AssertServesAsync();
    }

    [Theory]
    [InlineData("xyz\r\nab\r\n0\r\n\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("2\r\nabc\r\n0\r\n\r\n")]
    [InlineData("FFFFFFFFFFFFFFFFF\r\na")]
    public async Task A_chunk_that_is_none_ends_the_connection(string chunks)
    {
        await Connection.SendAsync($"POST {Path} HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
        var answer = await Connection.ReadAnswerAsync();

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.True(answer.Closes);
        await Connection.AssertClosedAsync();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("chunked, gzip")]
    [InlineData("unknown")]
    public async Task A_transfer_coding_that_is_not_known_ends_the_connection(string coding)
    {
        await Connection.SendAsync($"POST {Path} HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: {coding}\r\n\r\n{Json}");
        var answer = await Connection.ReadAnswerAsync();

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.True(answer.Closes);
        await Connection.AssertClosedAsync();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br, gzip")]
    [InlineData("unknown")]
    public async Task A_content_coding_that_is_not_known_is_415(string coding) =>
        await AssertRefusedAsync(Post(Path, Json, $"Content-Encoding: {coding}"), HttpStatusCode.UnsupportedMediaType, $"The Content-Encoding '{coding}' is not supported; expected 'identity'.");

    [Theory]
    [InlineData("identity")]
    [InlineData("Identity")]
    public async Task No_content_coding_may_be_said_in_any_case(string coding)
    {
        await Connection.SendAsync(Post(Path, """{"inputs":[{"name":"x","datatype":"UINT8","shape":[1],"data":[1]}]}""", $"Content-Encoding: {coding}"));

        Assert.Equal(HttpStatusCode.OK, (await Connection.ReadAnswerAsync()).Status);
    }

    [Fact]
    public async Task A_body_that_says_that_it_is_too_long_is_413_at_once() => await AssertRefusedAndClosedAsync(
        Encoding.Latin1.GetBytes($"POST {Path} HTTP/1.1\r\nHost: test\r\nContent-Length: {HttpServer.BodyByteSizeLimit + 1}\r\n\r\n"),
        HttpStatusCode.RequestEntityTooLarge,
        $"The body has {HttpServer.BodyByteSizeLimit + 1} bytes; at most {HttpServer.BodyByteSizeLimit} are taken.");

    [Theory]
    [InlineData("Content-Length: 4000000\r\n")]
    [InlineData("Content-Length: 8000000\r\nInference-Header-Content-Length: 4000000\r\n")]
    public async Task A_JSON_part_that_says_that_it_is_too_long_is_413_at_once(string headers) => await AssertRefusedAndClosedAsync(
        Encoding.Latin1.GetBytes($"POST {Path} HTTP/1.1\r\nHost: test\r\n{headers}\r\n"),
        HttpStatusCode.RequestEntityTooLarge,
        $"The JSON part of the request has more than {HttpServer.JsonByteSizeLimit} bytes.");

    [Fact]
    public async Task A_chunked_body_that_does_not_end_is_413()
    {
        var chunk = Encoding.Latin1.GetBytes("100000\r\n" + new string(' ', 0x100000) + "\r\n");
        byte[] head = Encoding.Latin1.GetBytes($"POST {Path} HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");

        await AssertRefusedAndClosedAsync((byte[])[.. head, .. chunk, .. chunk, .. chunk], HttpStatusCode.RequestEntityTooLarge, $"more than {HttpServer.JsonByteSizeLimit} bytes");
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("abc")]
    [InlineData("99999999999999999999")]
    public async Task A_length_that_is_none_ends_the_connection(string length)
    {
        await Connection.SendAsync($"POST {Path} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n");
        var answer = await Connection.ReadAnswerAsync();

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.True(answer.Closes);
        await Connection.AssertClosedAsync();
    }
}
