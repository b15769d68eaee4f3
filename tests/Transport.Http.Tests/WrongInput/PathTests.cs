using System.Net;
using Camshaft.Transport.Http.Tests.Endpoints;

namespace Camshaft.Transport.Http.Tests.WrongInput;

[Collection(WrongInputCollection.Name)]
public sealed class PathTests(HttpServer server) : WrongInputTest(server)
{
    [Theory]
    [InlineData("%2e%2e%2f")]
    [InlineData("%2e%2e%2f%2e%2e%2fetc%2fpasswd")]
    [InlineData("..%5c..%5cetc")]
    [InlineData("/etc/passwd")]
    [InlineData("%2fetc%2fpasswd")]
    [InlineData("c:%5cwindows")]
    [InlineData("simple%2f..%2fsimple")]
    [InlineData("simple/../../etc")]
    [InlineData("simple%20")]
    [InlineData("simple.")]
    [InlineData("SIMPLE")]
    [InlineData("%7e")]
    [InlineData("%E2%80%AEelpmis")]
    [InlineData("*")]
    public async Task A_name_that_is_no_models_is_404(string name)
    {
        foreach (var request in new[] { $"/v2/models/{name}/infer", $"/v2/models/{name}/versions/1/infer", $"/v2/repository/models/{name}/load" })
        {
            await AssertRefusedAsync(Post(request, """{"inputs":[]}"""), HttpStatusCode.NotFound);
        }
    }

    [Theory]
    [InlineData("..")]
    [InlineData("%2e%2e")]
    public async Task A_path_that_leads_up_is_the_path_where_it_ends(string name)
    {
        await AssertRefusedAsync(Post($"/v2/models/{name}/infer", """{"inputs":[]}"""), HttpStatusCode.UnsupportedMediaType);
        await AssertRefusedAsync(Post($"/v2/repository/models/{name}/load", """{"inputs":[]}"""), HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("%00")]
    [InlineData("simple%00")]
    [InlineData("%2e%2e%2f%00")]
    [InlineData("simple\0")]
    public async Task A_path_with_a_NUL_ends_the_connection(string name)
    {
        await Connection.SendAsync(Post($"/v2/repository/models/{name}/load", "{}"));
        var answer = await Connection.ReadAnswerAsync();

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.True(answer.Closes);
        await Connection.AssertClosedAsync();
    }

    [Theory]
    [InlineData("simple/versions/../../../etc")]
    [InlineData("simple/versions/%2e%2e")]
    [InlineData("simple/versions/-1")]
    [InlineData("simple/versions/1.0")]
    [InlineData("simple/versions/01x")]
    [InlineData("simple/versions/99999999999999999999")]
    public async Task A_version_that_is_none_is_refused(string path)
    {
        await Connection.SendAsync(Post($"/v2/models/{path}/infer", "{}"));
        var answer = await Connection.ReadAnswerAsync();

        Assert.True(answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, $"{answer.Status}");
        Assert.NotEmpty(answer.Error);
        await AssertServesAsync();
    }

    [Theory]
    [InlineData("%2e%2e%2f%2e%2e%2fetc")]
    [InlineData("..%5cmodels")]
    public async Task Unloading_what_is_not_there_changes_nothing(string name)
    {
        await Connection.SendAsync(Post($"/v2/repository/models/{name}/unload", ""));

        Assert.Equal(HttpStatusCode.OK, (await Connection.ReadAnswerAsync()).Status);
        await AssertServesAsync();
    }
}
