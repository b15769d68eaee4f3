using System.Net;
using Camshaft.Transport.Http.Tests.Endpoints;

namespace Camshaft.Transport.Http.Tests.WrongInput;

[Collection(WrongInputCollection.Name)]
public sealed class RepositoryCallTests(HttpServer server) : WrongInputTest(server)
{
    private const string Index = "/v2/repository/index";
    private const string Load = "/v2/repository/models/simple/load";
    private const string Unload = "/v2/repository/models/simple/unload";

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    [InlineData("{}x")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"parameters\":{\"a\":1,\"a\":2}}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"parameters\":{\"\\ud800\":\"1\"}}")]
    public async Task A_body_that_is_no_object_is_refused(string body)
    {
        foreach (var path in new[] { Index, Load, Unload })
        {
            await AssertRefusedAsync(Post(path, body), HttpStatusCode.BadRequest, "body");
        }
    }

    [Fact]
    public async Task Nesting_without_end_is_refused()
    {
        foreach (var path in new[] { Index, Load, Unload })
        {
            await AssertRefusedAsync(Post(path, string.Concat(Enumerable.Repeat("{\"a\":", 100_000))), HttpStatusCode.BadRequest, "body");
        }
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"true\"")]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task Ready_is_true_or_false(string ready) =>
        await AssertRefusedAsync(Post(Index, $$"""{"ready":{{ready}}}"""), HttpStatusCode.BadRequest, "'ready'", "true or false");

    [Theory]
    [InlineData("1")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"config\"")]
    public async Task Parameters_are_an_object(string parameters)
    {
        await AssertRefusedAsync(Post(Load, $$"""{"parameters":{{parameters}}}"""), HttpStatusCode.BadRequest, "'parameters'", "an object");
        await AssertRefusedAsync(Post(Unload, $$"""{"parameters":{{parameters}}}"""), HttpStatusCode.BadRequest, "'parameters'", "an object");
    }

    [Theory]
    [InlineData("config")]
    [InlineData("file:1/model.onnx")]
    [InlineData("file:../../../etc/passwd")]
    [InlineData("file:/etc/passwd")]
    public async Task A_parameter_of_a_load_is_not_offered_and_writes_nothing(string name)
    {
        await AssertRefusedAsync(Post(Load, $$$"""{"parameters":{"{{{name}}}":"AAAA"}}"""), HttpStatusCode.NotImplemented, $"'{name}'");
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413() =>
        await AssertRefusedAndClosedAsync(
            System.Text.Encoding.Latin1.GetBytes($"POST {Index} HTTP/1.1\r\nHost: test\r\nContent-Length: 2000000\r\n\r\n"), HttpStatusCode.RequestEntityTooLarge, "2000000");
}
