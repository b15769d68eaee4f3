using System.Net;
using System.Text;
using System.Text.Json;

namespace Camshaft.Transport.Http.Tests.Routing;

/// <summary>Calls whose model the rules find, over real sockets.</summary>
[Collection(RoutingServerCollection.Name)]
public sealed class RoutedInferTests(RoutingServer server) : RoutingServerTest(server)
{
    private const string EverythingToOne = """{ "rules": [ { "name": "all", "targets": [ { "target": "one" } ] } ] }""";

    [Fact]
    public async Task The_answer_names_the_model_and_version_that_gave_it()
    {
        Server.Route("""{ "rules": [ { "name": "all", "targets": [ { "target": "two@canary" } ] } ] }""");

        Assert.Equal("two@2", await ReadModelAsync(PostJsonAsync("/v2/infer", OneInput)));
    }

    [Fact]
    public async Task Headers_tags_and_inputs_choose_the_model()
    {
        Server.Route("""
            { "rules": [
                { "name": "header", "when": { "headers": { "X-Tenant": "blue" } }, "targets": [ { "target": "two@1" } ] },
                { "name": "tag", "when": { "tags": { "team": "vision" } }, "targets": [ { "target": "two@2" } ] },
                { "name": "input", "when": { "inputs": [ { "name": "x", "datatype": "FP32", "shape": [2] } ] }, "targets": [ { "target": "one" } ] } ] }
            """);

        Assert.Equal("two@1", await ReadModelAsync(PostJsonAsync("/v2/infer", OneInput, ("X-Tenant", "blue"))));
        Assert.Equal("two@2", await ReadModelAsync(PostJsonAsync("/v2/infer", OneInput, ("Camshaft-Tag-team", "vision"))));
        Assert.Equal("two@2", await ReadModelAsync(PostJsonAsync("/v2/infer", OneInput.Replace("{\"inputs\"", "{\"parameters\":{\"tag.team\":\"vision\"},\"inputs\"", StringComparison.Ordinal))));
        Assert.Equal("one@1", await ReadModelAsync(PostJsonAsync("/v2/infer", OneInput)));
    }

    [Fact]
    public async Task A_request_that_no_rule_takes_is_404_and_told_where_to_ask()
    {
        Server.Route("""{ "rules": [ { "name": "r", "when": { "tags": { "t": "1" } }, "targets": [ { "target": "one" } ] } ] }""");

        Assert.Contains("POST /v2/route/explain says why", await ReadErrorAsync(PostJsonAsync("/v2/infer", OneInput), HttpStatusCode.NotFound), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Binary_tensors_behind_the_JSON_are_taken()
    {
        Server.Route(EverythingToOne);
        const string json = """{"inputs":[{"name":"x","datatype":"FP32","shape":[2],"parameters":{"binary_data_size":8}}]}""";

        var answer = await ReadAsync(PostAsync("/v2/infer", "application/octet-stream", [.. Encoding.UTF8.GetBytes(json), .. ToBytes(3, 4)], ("Inference-Header-Content-Length", $"{json.Length}")));

        Assert.Equal((float[])[3f, 4f], Data(answer));
    }

    [Theory]
    [InlineData("x", "FP32", "3")]
    [InlineData(null, null, null)]
    [InlineData(null, "FP32", null)]
    [InlineData("x", null, " 3 ")]
    public async Task A_tensor_is_described_by_headers_and_what_they_leave_out_follows_from_the_model(string? name, string? dataType, string? shape)
    {
        Server.Route(EverythingToOne);
        var headers = new[] { ("Camshaft-Input-Name", name), ("Camshaft-Input-Datatype", dataType), ("Camshaft-Input-Shape", shape) }
            .Where(static header => header.Item2 is not null).Select(static header => (header.Item1, header.Item2!)).ToArray();

        Assert.Equal((float[])[1f, 2f, 3f], Data(await ReadAsync(PostAsync("/v2/infer", "application/octet-stream", ToBytes(1, 2, 3), headers))));
    }

    [Fact]
    public async Task A_large_tensor_is_read_and_answered_in_bytes_where_these_are_wanted()
    {
        Server.Route(EverythingToOne);
        var values = ToBytes([.. Enumerable.Range(0, 500_000).Select(static value => (float)value)]);

        using var response = await PostAsync("/v2/infer", "application/octet-stream", values, ("Accept", "application/octet-stream"));
        var body = await response.Content.ReadAsByteArrayAsync();
        var head = int.Parse(response.Headers.GetValues("Inference-Header-Content-Length").Single(), System.Globalization.CultureInfo.InvariantCulture);

        Assert.True(body.AsSpan(head).SequenceEqual(values));
    }

    [Fact]
    public async Task A_text_without_a_shape_is_one_element()
    {
        Server.Route("""{ "rules": [ { "name": "all", "targets": [ { "target": "text" } ] } ] }""");

        var answer = await ReadAsync(PostAsync("/v2/infer", "application/octet-stream", "hello"u8.ToArray()));

        Assert.Equal("hello", answer.GetProperty("outputs")[0].GetProperty("data")[0].GetString());
    }

    [Theory]
    [InlineData("Camshaft-Input-Datatype", "FP31", "The header Camshaft-Input-Datatype is 'FP31'; expected one of")]
    [InlineData("Camshaft-Input-Shape", "1,x", "The header Camshaft-Input-Shape is '1,x'; expected at most")]
    [InlineData("Camshaft-Input-Shape", "-1", "The header Camshaft-Input-Shape is '-1'")]
    [InlineData("Camshaft-Input-Shape", "4", "Model 'one' version 1: input 'x' has 12 bytes; expected 16 for FP32 [4].")]
    [InlineData("Camshaft-Input-Name", "z", "Model 'one' version 1 has no input 'z'; expected 'x'.")]
    [InlineData("Camshaft-Input-Datatype", "INT8", "Model 'one' version 1: input 'x' has datatype INT8; expected FP32.")]
    public async Task A_description_that_cannot_be_is_refused(string header, string value, string message)
    {
        Server.Route(EverythingToOne);

        Assert.Contains(message, await ReadErrorAsync(PostAsync("/v2/infer", "application/octet-stream", ToBytes(1, 2, 3), (header, value)), HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_input_of_several_must_be_named()
    {
        Server.Route("""{ "rules": [ { "name": "all", "targets": [ { "target": "pair" } ] } ] }""");

        Assert.Contains("name the one that the body is in the header Camshaft-Input-Name: 'a', 'b'", await ReadErrorAsync(PostAsync("/v2/infer", "application/octet-stream", ToBytes(1)), HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v2/infer")]
    [InlineData("/v2/models/one/infer")]
    public async Task A_NumPy_file_is_one_input(string path)
    {
        Server.Route("""{ "rules": [ { "name": "npy", "when": { "contentType": "application/x-npy", "inputs": [ { "datatype": "FP32", "shape": [3] } ] }, "targets": [ { "target": "one" } ] } ] }""");

        Assert.Equal((float[])[5f, 6f, 7f], Data(await ReadAsync(PostAsync(path, "application/x-npy", [.. Npy("<f4", "False", "(3,)"), .. ToBytes(5, 6, 7)]))));
    }

    [Theory]
    [InlineData("<f4", "True", "(3,)", 12, "is in Fortran order")]
    [InlineData(">f4", "False", "(3,)", 12, "holds elements of type '>f4'")]
    [InlineData("|O", "False", "(3,)", 12, "has a header that is not understood")]
    [InlineData("<f4", "False", "(3", 12, "has a header that is not understood")]
    [InlineData("<f4", "False", "(-3,)", 12, "has the shape '(-3,)', which is none")]
    [InlineData("<f4", "False", "(9223372036854775807, 2)", 12, "a tensor has at most")]
    [InlineData("<f4", "False", "(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)", 4, "dimensions; at most")]
    [InlineData("<f4", "False", "(3,)", 11, "the body has 11 bytes after")]
    [InlineData("<f4", "False", "(3,)", 13, "the body has 13 bytes after")]
    public async Task A_NumPy_file_that_is_no_tensor_is_refused(string type, string order, string shape, int byteSize, string message)
    {
        Server.Route(EverythingToOne);

        Assert.Contains(message, await ReadErrorAsync(PostAsync("/v2/infer", "application/x-npy", [.. Npy(type, order, shape), .. new byte[byteSize]]), HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_NumPy_file_cut_at_any_byte_of_its_header_is_refused()
    {
        Server.Route(EverythingToOne);
        var header = Npy("<f4", "False", "(3,)");
        for (var length = 0; length < header.Length; length++)
        {
            await ReadErrorAsync(PostAsync("/v2/infer", "application/x-npy", header[..length]), HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task A_NumPy_header_that_claims_to_be_endless_is_refused()
    {
        Server.Route(EverythingToOne);
        byte[] body = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 2, 0, 0xFF, 0xFF, 0xFF, 0xFF, .. new byte[100]];

        Assert.Contains("at most 65536 are taken", await ReadErrorAsync(PostAsync("/v2/infer", "application/x-npy", body), HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/csv")]
    [InlineData(null)]
    [InlineData("application")]
    public async Task A_content_type_that_nobody_knows_is_415_with_the_list_of_those_accepted(string? type)
    {
        Server.Route("""{ "rules": [ { "name": "v", "when": { "contentType": "application/vnd.acme.frame" }, "targets": [ { "target": "one" } ] } ] }""");

        var error = await ReadErrorAsync(type == "application" ? PostRawTypeAsync(type) : PostAsync("/v2/infer", type, ToBytes(1)), HttpStatusCode.UnsupportedMediaType);

        Assert.Contains("accepted are application/json, application/octet-stream, application/x-npy, application/vnd.acme.frame", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_curl_says_of_a_body_by_itself_is_JSON_here_too()
    {
        const string Curl = "application/x-www-form-urlencoded";
        Server.Route(EverythingToOne);

        Assert.Equal("one@1", await ReadModelAsync(PostAsync("/v2/infer", Curl, Encoding.UTF8.GetBytes(OneInput))));
        Assert.Equal("one@1", await ReadModelAsync(PostAsync("/v2/models/one/infer", Curl, Encoding.UTF8.GetBytes(OneInput))));
        Assert.Contains("JSON", await ReadErrorAsync(PostAsync("/v2/infer", Curl, "a=1&b=2"u8.ToArray()), HttpStatusCode.BadRequest), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_rule_that_wants_what_curl_says_gets_tensor_data()
    {
        Server.Route("""{ "rules": [ { "name": "form", "when": { "contentType": "application/x-www-form-urlencoded" }, "targets": [ { "target": "one" } ] } ] }""");

        Assert.Equal("one@1", await ReadModelAsync(PostAsync("/v2/infer", "application/x-www-form-urlencoded", ToBytes(1, 2))));
    }

    [Fact]
    public async Task A_vendors_type_that_a_rule_wants_is_tensor_data_or_JSON_by_its_suffix()
    {
        Server.Route("""
            { "rules": [
                { "name": "frame", "when": { "contentType": "application/vnd.acme.frame" }, "targets": [ { "target": "one" } ] },
                { "name": "json", "when": { "contentType": "application/vnd.acme+json" }, "targets": [ { "target": "two@1" } ] } ] }
            """);

        Assert.Equal("one@1", await ReadModelAsync(PostAsync("/v2/infer", "application/vnd.acme.frame; rate=30", ToBytes(1, 2))));
        Assert.Equal("two@1", await ReadModelAsync(PostAsync("/v2/infer", "application/vnd.acme+json", Encoding.UTF8.GetBytes(OneInput))));
    }

    [Fact]
    public async Task More_tags_than_are_taken_are_refused()
    {
        Server.Route(EverythingToOne);
        var tags = string.Join(',', Enumerable.Range(0, 17).Select(static tag => $"\"tag.{tag}\":true"));

        Assert.Contains("more than 16 tags", await ReadErrorAsync(PostJsonAsync("/v2/infer", OneInput.Replace("{\"inputs\"", $"{{\"parameters\":{{{tags}}},\"inputs\"", StringComparison.Ordinal)), HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PostRawTypeAsync(string type)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v2/infer") { Content = new ByteArrayContent(ToBytes(1)) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        return Server.Client.SendAsync(request);
    }

    private static float[] Data(JsonElement answer) => answer.GetProperty("outputs")[0].GetProperty("data").Deserialize<float[]>()!;

    private static byte[] Npy(string type, string fortranOrder, string shape)
    {
        var dictionary = $"{{'descr': '{type}', 'fortran_order': {fortranOrder}, 'shape': {shape}, }}";
        dictionary = dictionary.PadRight(((dictionary.Length + 11 + 63) / 64 * 64) - 11) + "\n";
        return [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)dictionary.Length, (byte)(dictionary.Length >> 8), .. Encoding.ASCII.GetBytes(dictionary)];
    }
}
