using System.Net;
using System.Text.Json.Nodes;
using Camshaft.Backends;
using Camshaft.Transport.Http.Tests.Endpoints;

namespace Camshaft.Transport.Http.Tests.WrongInput;

[Collection(WrongInputCollection.Name)]
public sealed class JsonMemberTests(HttpServer server) : WrongInputTest(server)
{
    private const string Valid = """
        {"id":"1","parameters":{"binary_data_output":false,"priority":1,"timeout":60000000,"sequence_id":0,"note":"n"},
         "inputs":[{"name":"x","datatype":"FP32","shape":[1],"parameters":{"note":1},"data":[1]}],
         "outputs":[{"name":"y","parameters":{"binary_data":false}}]}
        """;

    // By member, the JSON types that it may have.
    private static readonly Dictionary<string, string> Types = new()
    {
        [""] = "object",
        ["id"] = "string",
        ["parameters"] = "object",
        ["parameters.binary_data_output"] = "boolean",
        ["parameters.priority"] = "number",
        ["parameters.timeout"] = "number",
        ["parameters.sequence_id"] = "number or empty string",
        ["parameters.note"] = "string number fraction boolean",
        ["inputs"] = "array",
        ["inputs.0"] = "object",
        ["inputs.0.name"] = "string",
        ["inputs.0.datatype"] = "string",
        ["inputs.0.shape"] = "array",
        ["inputs.0.shape.0"] = "number",
        ["inputs.0.parameters"] = "object",
        ["inputs.0.data"] = "array",
        ["inputs.0.data.0"] = "number fraction array",
        ["outputs"] = "array",
        ["outputs.0"] = "object",
        ["outputs.0.name"] = "string",
        ["outputs.0.parameters"] = "object",
        ["outputs.0.parameters.binary_data"] = "boolean",
    };

    private static readonly Dictionary<string, string> Values = new()
    {
        ["null"] = "null",
        ["boolean"] = "true",
        ["number"] = "2",
        ["fraction"] = "1.5",
        ["string"] = "\"text\"",
        ["array"] = "[]",
        ["object"] = "{}",
    };

    public static TheoryData<string, string> WrongTypes() =>
        [.. from member in Types from value in Values where !member.Value.Split(' ').Contains(value.Key) select (member.Key, value.Value)];

    [Theory]
    [MemberData(nameof(WrongTypes))]
    public async Task A_member_of_the_wrong_type_is_refused(string member, string value)
    {
        var status = member == "parameters.sequence_id" ? HttpStatusCode.NotImplemented : HttpStatusCode.BadRequest;

        await AssertRefusedAsync(Post(InferPath(DataType.Float32), Replace(member, value)), status, "Model 'identity_FP32'");
    }

    [Fact]
    public async Task The_request_that_these_tests_spoil_is_served()
    {
        await Connection.SendAsync(Post(InferPath(DataType.Float32), Valid));

        Assert.Equal(HttpStatusCode.OK, (await Connection.ReadAnswerAsync()).Status);
    }

    [Theory]
    [InlineData("\"id\":\"1\"", "id")]
    [InlineData("\"parameters\":{\"binary_data_output\"", "parameters")]
    [InlineData("\"binary_data_output\":false", "binary_data_output")]
    [InlineData("\"priority\":1", "priority")]
    [InlineData("\"timeout\":60000000", "timeout")]
    [InlineData("\"sequence_id\":0", "sequence_id")]
    [InlineData("\"note\":\"n\"", "note")]
    [InlineData("\"inputs\":[", "inputs")]
    [InlineData("\"name\":\"x\"", "name")]
    [InlineData("\"datatype\":\"FP32\"", "datatype")]
    [InlineData("\"shape\":[1]", "shape")]
    [InlineData("\"parameters\":{\"note\":1}", "parameters")]
    [InlineData("\"note\":1", "note")]
    [InlineData("\"data\":[1]", "data")]
    [InlineData("\"outputs\":[", "outputs")]
    [InlineData("\"name\":\"y\"", "name")]
    [InlineData("\"parameters\":{\"binary_data\":false}", "parameters")]
    [InlineData("\"binary_data\":false", "binary_data")]
    public async Task A_member_that_is_given_twice_is_refused(string member, string name)
    {
        // Given before the first one in a form that is right: only that it is there twice is wrong.
        var whole = member.EndsWith('[') ? member + "]" : member.EndsWith("_output\"", StringComparison.Ordinal) ? "\"parameters\":{}" : member;
        var escaped = whole.Insert(1, $"\\u{(int)whole[1]:x4}").Remove(7, 1);

        var at = Valid.IndexOf(member, StringComparison.Ordinal);
        await AssertRefusedAsync(Post(InferPath(DataType.Float32), Valid.Insert(at, whole + ",")), HttpStatusCode.BadRequest, $"The member '{name}' is given twice in one object.");
        await AssertRefusedAsync(Post(InferPath(DataType.Float32), Valid.Insert(at, escaped + ",")), HttpStatusCode.BadRequest, $"The member '{name}' is given twice in one object.");
    }

    [Fact]
    public async Task The_size_of_a_binary_input_is_given_once() => await AssertRefusedAsync(
        Post(InferPath(DataType.UInt8), """{"inputs":[{"name":"x","datatype":"UINT8","shape":[1],"parameters":{"binary_data_size":1,"binary_data_size":1}}]}""", [1]),
        HttpStatusCode.BadRequest,
        "The member 'binary_data_size' is given twice in one object.");

    [Theory]
    [InlineData("inputs", "{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}")]
    [InlineData("outputs", "{\"name\":\"y\"}")]
    public async Task Tensors_without_end_are_refused(string member, string tensor) => await AssertRefusedAsync(
        Post(InferPath(DataType.Float32), $$"""{"{{member}}":[{{string.Join(',', Enumerable.Repeat(tensor, 1025))}}]}"""), HttpStatusCode.BadRequest, "more than 1024 inputs or outputs");

    [Fact]
    public async Task Members_that_the_server_does_not_know_are_skipped_up_to_a_number()
    {
        await Connection.SendAsync(Post(InferPath(DataType.Float32), Extras(32)));
        Assert.Equal(HttpStatusCode.OK, (await Connection.ReadAnswerAsync()).Status);

        await AssertRefusedAsync(Post(InferPath(DataType.Float32), Extras(33)), HttpStatusCode.BadRequest, "more than 32 members that this server does not know");

        static string Extras(int count) => Valid.Replace(
            "\"note\":1", string.Join(',', Enumerable.Range(0, count).Select(static i => $"\"extra{i}\":{i}")), StringComparison.Ordinal);
    }

    private static string Replace(string member, string value)
    {
        if (member.Length == 0)
        {
            return value;
        }

        var root = JsonNode.Parse(Valid)!;
        var path = member.Split('.');
        var parent = path[..^1].Aggregate(root, static (node, step) => node is JsonArray array ? array[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : node[step]!);
        if (parent is JsonArray items)
        {
            items[0] = JsonNode.Parse(value);
        }
        else
        {
            parent[path[^1]] = JsonNode.Parse(value);
        }

        return root.ToJsonString();
    }
}
