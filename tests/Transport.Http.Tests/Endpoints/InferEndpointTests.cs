using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Camshaft.Transport.Http.Tests.Endpoints;

/// <summary>Infer calls over real sockets. After each, no request may hold memory.</summary>
public sealed class InferEndpointTests(HttpServer server) : IClassFixture<HttpServer>, IAsyncDisposable
{
    private const string Endless = """{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[1]}],"parameters":{"timeout":20000}}""";

    public async ValueTask DisposeAsync()
    {
        await server.UntilMemoryIsFreeAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/v2/health/live")).StatusCode);
    }

    [Fact]
    public async Task Inputs_and_outputs_may_each_be_JSON_or_binary()
    {
        const string json = """
            {"id":"7","inputs":[
              {"name":"INPUT0","datatype":"INT32","shape":[1,16],"parameters":{"binary_data_size":64}},
              {"name":"INPUT1","datatype":"INT32","shape":[1,16],"data":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}],
             "outputs":[{"name":"OUTPUT1","parameters":{"binary_data":true}},{"name":"OUTPUT0"}]}
            """;
        var left = Enumerable.Range(0, 16).ToArray();
        using var answer = await PostAsync("simple", json, MemoryMarshal.AsBytes(left.AsSpan()).ToArray());
        var (head, tail) = await ReadAsync(answer);

        Assert.Equal("7", head.GetProperty("id").GetString());
        Assert.Equal(left.Select(static value => value + 1), head.GetProperty("outputs")[0].GetProperty("data").Deserialize<int[]>());
        Assert.False(head.GetProperty("outputs")[0].TryGetProperty("parameters", out _));
        Assert.Equal(64, head.GetProperty("outputs")[1].GetProperty("parameters").GetProperty("binary_data_size").GetInt32());
        Assert.Equal(left.Select(static value => value - 1), MemoryMarshal.Cast<byte, int>(tail).ToArray());
    }

    [Fact]
    public async Task A_body_without_a_head_is_the_only_inputs_data()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/models/sample_identity/infer") { Content = new ByteArrayContent([1, 2, 3]) };
        request.Headers.Add("Inference-Header-Content-Length", "0");
        using var answer = await server.Client.SendAsync(request);
        var (_, tail) = await ReadAsync(answer);

        Assert.Equal([1, 2, 3], tail);
    }

    [Fact]
    public async Task A_chunked_body_of_one_byte_a_chunk_is_read()
    {
        const string json = """{"inputs":[{"name":"INPUT0","datatype":"UINT8","shape":[3],"parameters":{"binary_data_size":3}}]}""";
        var body = Encoding.UTF8.GetBytes(json).Concat<byte>([7, 8, 9]);
        using var connection = await server.ConnectAsync();
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /v2/models/sample_identity/infer HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nInference-Header-Content-Length: {json.Length}\r\n\r\n"));
        foreach (var value in body)
        {
            await stream.WriteAsync(new byte[] { (byte)'1', (byte)'\r', (byte)'\n', value, (byte)'\r', (byte)'\n' });
        }

        await stream.WriteAsync("0\r\n\r\n"u8.ToArray());
        var answer = await new StreamReader(stream).ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains("\"data\":[7,8,9]", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_of_much_JSON_is_whole()
    {
        var values = Enumerable.Range(0, 100_000).Select(static value => value / 8f).ToArray();
        var json = $$$"""{"inputs":[{"name":"INPUT0","datatype":"FP32","shape":[1,{{{values.Length}}}],"parameters":{"binary_data_size":{{{values.Length * 4}}}}}]}""";
        using var answer = await PostAsync("identity_fp32", json, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        var (head, _) = await ReadAsync(answer);

        Assert.Equal(values, head.GetProperty("outputs")[0].GetProperty("data").Deserialize<float[]>());
    }

    [Fact]
    public async Task A_binary_tensor_of_many_blocks_comes_back_as_it_went()
    {
        var values = new byte[3_000_000];
        new Random(1).NextBytes(values);
        var json = $$$"""{"parameters":{"binary_data_output":true},"inputs":[{"name":"INPUT0","datatype":"UINT8","shape":[{{{values.Length}}}],"parameters":{"binary_data_size":{{{values.Length}}}}}]}""";
        using var answer = await PostAsync("sample_identity", json, values);
        var (_, tail) = await ReadAsync(answer);

        Assert.True(values.AsSpan().SequenceEqual(tail));
    }

    [Fact]
    public async Task Text_that_is_no_UTF_8_comes_in_binary_form_alone()
    {
        byte[] element = [1, 0, 0, 0, 0xFF];
        const string json = """{"inputs":[{"name":"INPUT0","datatype":"BYTES","shape":[1,1],"parameters":{"binary_data_size":5}}],"parameters":{"binary_data_output":#}}""";
        using var refused = await PostAsync("simple_identity", json.Replace("#", "false", StringComparison.Ordinal), element);
        Assert.Equal("Model 'simple_identity' version 1: output 'OUTPUT0' holds BYTES that JSON cannot carry; ask for it with the parameter 'binary_data'.", await ReadErrorAsync(refused, HttpStatusCode.BadRequest));

        using var answer = await PostAsync("simple_identity", json.Replace("#", "true", StringComparison.Ordinal), element);
        Assert.Equal(element, (await ReadAsync(answer)).Tail);
    }

    [Fact]
    public async Task A_request_that_is_late_is_504()
    {
        using var answer = await PostAsync("endless", Endless, []);

        Assert.Equal("Model 'endless' version 1: the request's deadline passed before it was done.", await ReadErrorAsync(answer, HttpStatusCode.GatewayTimeout));
    }

    [Fact]
    public async Task A_client_that_leaves_ends_its_run()
    {
        using (var connection = await server.ConnectAsync())
        {
            var body = Endless.Replace("20000", "60000000", StringComparison.Ordinal);
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /v2/models/endless/infer HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
            await server.UntilMemoryIsHeldAsync();
        }

        // The run would go on for a minute: only its end lets the memory go.
        await server.UntilMemoryIsFreeAsync();
    }

    [Fact]
    public async Task A_client_that_leaves_amid_a_tensor_holds_nothing()
    {
        using (var connection = await server.ConnectAsync())
        {
            const string json = """{"inputs":[{"name":"INPUT0","datatype":"UINT8","shape":[1000000],"parameters":{"binary_data_size":1000000}}]}""";
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /v2/models/sample_identity/infer HTTP/1.1\r\nHost: x\r\nInference-Header-Content-Length: {json.Length}\r\nContent-Length: {json.Length + 1_000_000}\r\n\r\n{json}half"));
            await server.UntilMemoryIsHeldAsync();
        }

        await server.UntilMemoryIsFreeAsync();
    }

    [Fact]
    public async Task A_JSON_part_over_the_limit_is_413()
    {
        using var answer = await PostAsync("simple", "{\"inputs\":[" + new string(' ', HttpServer.JsonByteSizeLimit) + "]}", []);

        Assert.Contains($"{HttpServer.JsonByteSizeLimit} bytes", await ReadErrorAsync(answer, HttpStatusCode.RequestEntityTooLarge), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/models/sample_identity/infer") { Content = new ByteArrayContent(new byte[HttpServer.BodyByteSizeLimit + 1]) };
        request.Headers.ExpectContinue = true;
        using var answer = await server.Client.SendAsync(request);

        Assert.Contains($"at most {HttpServer.BodyByteSizeLimit}", await ReadErrorAsync(answer, HttpStatusCode.RequestEntityTooLarge), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_body_is_415_and_told_what_is_taken()
    {
        using var content = new ByteArrayContent([0x1f, 0x8b]);
        content.Headers.ContentEncoding.Add("gzip");
        using var answer = await server.Client.PostAsync("/v2/models/simple/infer", content);

        Assert.Contains("expected 'identity'", await ReadErrorAsync(answer, HttpStatusCode.UnsupportedMediaType), StringComparison.Ordinal);
        Assert.Equal("identity", answer.Headers.GetValues("Accept-Encoding").Single());
    }

    [Theory]
    [InlineData("GET", "/v2/models/simple/infer", HttpStatusCode.MethodNotAllowed, "takes POST, not GET")]
    [InlineData("POST", "/v2/health/live", HttpStatusCode.MethodNotAllowed, "takes GET, not POST")]
    [InlineData("GET", "/v2/nothing/here", HttpStatusCode.NotFound, "'/v2/nothing/here'")]
    [InlineData("POST", "/v2/models/simple/versions/one/infer", HttpStatusCode.BadRequest, "the version 'one' is no number")]
    public async Task A_wrong_path_or_method_is_told_so(string method, string path, HttpStatusCode status, string message)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await server.Client.SendAsync(request);

        Assert.Contains(message, await ReadErrorAsync(answer, status), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"\ud800":1,"inputs":[]}""")]
    [InlineData("""{"id":"\ud800","inputs":[]}""")]
    [InlineData("""{"inputs":[],"parameters":{"sequence_id":true}}""")]
    [InlineData("""{"inputs":[],"parameters":{"\udfff":true}}""")]
    public async Task What_no_reader_expects_is_the_clients_fault(string json)
    {
        using var answer = await PostAsync("simple", json, []);

        Assert.InRange((int)answer.StatusCode, 400, 501);
        Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
    }

    [Fact]
    public async Task Many_clients_get_their_own_answers() => await Task.WhenAll(Enumerable.Range(1, 16).Select(async client =>
    {
        for (var i = 0; i < 50; i++)
        {
            byte[] values = [.. Enumerable.Repeat((byte)(client * i), (client * 997) + i)];
            var json = $$$"""{"parameters":{"binary_data_output":true},"inputs":[{"name":"INPUT0","datatype":"UINT8","shape":[{{{values.Length}}}],"parameters":{"binary_data_size":{{{values.Length}}}}}]}""";
            using var answer = await PostAsync("sample_identity", json, values);
            Assert.Equal(values, (await ReadAsync(answer)).Tail);
        }
    }));

    private static async Task<string> ReadErrorAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString()!;
    }

    private static async Task<(JsonElement Head, byte[] Tail)> ReadAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsByteArrayAsync();
        Assert.True(answer.IsSuccessStatusCode, Encoding.UTF8.GetString(body));
        var length = answer.Headers.TryGetValues("Inference-Header-Content-Length", out var values) ? int.Parse(values.Single(), System.Globalization.CultureInfo.InvariantCulture) : body.Length;
        return (JsonSerializer.Deserialize<JsonElement>(body.AsSpan(0, length)), body[length..]);
    }

    private async Task<HttpResponseMessage> PostAsync(string model, string json, byte[] tail)
    {
        var head = Encoding.UTF8.GetBytes(json);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v2/models/{model}/infer") { Content = new ByteArrayContent([.. head, .. tail]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        if (tail.Length > 0)
        {
            request.Headers.Add("Inference-Header-Content-Length", $"{head.Length}");
        }

        return await server.Client.SendAsync(request);
    }
}
