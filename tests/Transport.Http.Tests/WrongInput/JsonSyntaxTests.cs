using System.Net;
using System.Text;
using Camshaft.Backends;
using Camshaft.Transport.Http.Tests.Endpoints;

namespace Camshaft.Transport.Http.Tests.WrongInput;

[Collection(WrongInputCollection.Name)]
public sealed class JsonSyntaxTests(HttpServer server) : WrongInputTest(server)
{
    private const string Valid = """
        {"id":"1","parameters":{"priority":1,"note":"é"},"inputs":[{"name":"x","datatype":"BYTES","shape":[2],"data":["a\n",["\u00e9"]]}],"outputs":[{"name":"y","parameters":{"binary_data":false}}],"extra":[{}]}
        """;

    [Fact]
    public async Task Every_truncation_is_refused()
    {
        var bytes = Encoding.UTF8.GetBytes(Valid);
        for (var length = 0; length < bytes.Length; length++)
        {
            await AssertRefusedAsync(Post(InferPath(DataType.Bytes), bytes.AsSpan(0, length)), HttpStatusCode.BadRequest, "Model 'identity_BYTES'");
        }

        await Connection.SendAsync(Post(InferPath(DataType.Bytes), bytes));
        Assert.Equal(HttpStatusCode.OK, (await Connection.ReadAnswerAsync()).Status);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("-NaN")]
    [InlineData("inf")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("0x10")]
    [InlineData("--1")]
    [InlineData("True")]
    [InlineData("1 2")]
    [InlineData("1,")]
    [InlineData(",1")]
    [InlineData("'1'")]
    [InlineData("1//one")]
    [InlineData("/*one*/1")]
    public async Task What_JSON_has_not_is_refused(string element) => await AssertRefusedAsync(
        Post(InferPath(DataType.Float32), $$"""{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":[{{element}}]}]}"""), HttpStatusCode.BadRequest, "not valid JSON");

    [Theory]
    [InlineData("""{"inputs":[{"name":"x","data":""", "[")]
    [InlineData("""{"inputs":[{"name":"x","shape":""", "[")]
    [InlineData("""{"inputs":""", "[")]
    [InlineData("""{"extra":""", "[")]
    [InlineData("", """{"inputs":""")]
    [InlineData("", """{"parameters":""")]
    [InlineData("""{"inputs":[{"extra":""", """{"a":""")]
    [InlineData("", "[")]
    public async Task Nesting_of_a_hundred_thousand_levels_is_refused(string start, string level) => await AssertRefusedAsync(
        Post(InferPath(DataType.Float32), start + string.Concat(Enumerable.Repeat(level, 100_000))), HttpStatusCode.BadRequest, "Model 'identity_FP32'");

    [Fact]
    public async Task Data_may_nest_as_deep_as_the_limit_and_no_deeper()
    {
        // The request, its inputs and the input are three levels.
        await Connection.SendAsync(Post(InferPath(DataType.Float32), Nested(125)));
        Assert.Equal(HttpStatusCode.OK, (await Connection.ReadAnswerAsync()).Status);

        await AssertRefusedAsync(Post(InferPath(DataType.Float32), Nested(126)), HttpStatusCode.BadRequest, "128");
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0x80 })]
    public async Task Text_that_is_no_UTF_8_is_refused_wherever_it_stands(byte[] text)
    {
        foreach (var place in new[] { """"id":"1"""", "\"x\"", "\"y\"", "\"BYTES\"", "[\"a", "inputs", "note" })
        {
            var at = Valid.IndexOf(place, StringComparison.Ordinal) + place.Length - 1;
            byte[] body = [.. Encoding.UTF8.GetBytes(Valid[..at]), .. text, .. Encoding.UTF8.GetBytes(Valid[at..])];
            await AssertRefusedAsync(Post(InferPath(DataType.Bytes), body), HttpStatusCode.BadRequest, "Model 'identity_BYTES'");
        }
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\\udc00")]
    [InlineData("\\ud800\\u0041")]
    [InlineData("\\u12")]
    [InlineData("\\x41")]
    [InlineData("\n")]
    [InlineData("\u0001")]
    public async Task An_escape_that_stands_for_nothing_is_refused_wherever_it_stands(string text)
    {
        foreach (var place in new[] { """"id":"1"""", "\"x\"", "\"y\"", "\"BYTES\"", "[\"a", "inputs", "note" })
        {
            var at = Valid.IndexOf(place, StringComparison.Ordinal) + place.Length - 1;
            await AssertRefusedAsync(Post(InferPath(DataType.Bytes), Valid.Insert(at, text)), HttpStatusCode.BadRequest, "Model 'identity_BYTES'");
        }
    }

    [Fact]
    public async Task A_message_shows_no_more_of_a_long_name_than_helps()
    {
        var name = new string('n', 10_000);
        await Connection.SendAsync(Post(InferPath(DataType.Float32), $$"""{"inputs":[{"name":"{{name}}","datatype":"FP32","shape":[1],"data":[1]}]}"""));
        var answer = await Connection.ReadAnswerAsync();

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("has no input 'nnn", answer.Error, StringComparison.Ordinal);
        Assert.InRange(answer.Error.Length, 1, 300);
    }

    [Fact]
    public async Task A_name_or_an_id_has_its_limit()
    {
        var text = new string('n', 100_000);
        await AssertRefusedAsync(Post(InferPath(DataType.Float32), $$"""{"id":"{{text}}","inputs":[]}"""), HttpStatusCode.BadRequest, "'id' has 100000 bytes; at most ");
        await AssertRefusedAsync(Post(InferPath(DataType.Float32), $$"""{"inputs":[{"name":"{{text}}"}]}"""), HttpStatusCode.BadRequest, "'name' has 100000 bytes; at most ");
    }

    private static string Nested(int depth) =>
        $$"""{"inputs":[{"name":"x","datatype":"FP32","shape":[1],"data":{{new string('[', depth)}}1{{new string(']', depth)}}}]}""";
}
