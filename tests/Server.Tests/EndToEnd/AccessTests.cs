using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Camshaft.Engine.Models;
using Camshaft.Server.Configuration;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;
using Camshaft.Transport.Hosting.Access;

namespace Camshaft.Server.Tests.EndToEnd;

/// <summary>A server with two keys: who shows which may do what, and what the audit log says of it.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private const string OperatorKey = "operator-key-0123456789";
    private const string ClientKey = "client-key-0123456789";
    private const string Load = "/v2/repository/models/simple/load";
    private const string Infer = "/v2/models/identity_fp32/infer";

    private readonly TempDirectory _directory = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        var keyFile = _directory.Write("operator.key", Encoding.ASCII.GetBytes(OperatorKey + "\n"));
        _server = await TestServer.StartAsync(SampleModel.Repository, options =>
        {
            options.ModelControlMode = ModelControlMode.Explicit;
            options.LoadModels = ["*"];
            options.Access.Keys["operator"] = new ApiKeySection { KeyFile = keyFile, Rights = [AccessRights.Observe, AccessRights.Manage] };
            options.Access.Keys["client"] = new ApiKeySection { KeySha256 = Convert.ToHexString(ApiKey.Hash(ClientKey)), Rights = [AccessRights.Infer], ConcurrentRequests = 4 };
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("GET", "/v2/health/live", null, HttpStatusCode.OK)]
    [InlineData("GET", "/v2/health/ready", null, HttpStatusCode.OK)]
    [InlineData("GET", "/v2", null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/v2/models/simple", null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/v2/models/simple/ready", ClientKey, HttpStatusCode.Forbidden)]
    [InlineData("GET", "/v2/models/simple/config", OperatorKey, HttpStatusCode.OK)]
    [InlineData("POST", "/v2/repository/index", OperatorKey, HttpStatusCode.OK)]
    [InlineData("POST", "/v2/repository/index", ClientKey, HttpStatusCode.Forbidden)]
    [InlineData("POST", Load, OperatorKey, HttpStatusCode.OK)]
    [InlineData("POST", Load, ClientKey, HttpStatusCode.Forbidden)]
    [InlineData("POST", Load, null, HttpStatusCode.Unauthorized)]
    [InlineData("POST", Load, "operator-key-012345678x", HttpStatusCode.Unauthorized)]
    [InlineData("POST", Infer, ClientKey, HttpStatusCode.OK)]
    [InlineData("POST", Infer, OperatorKey, HttpStatusCode.Forbidden)]
    [InlineData("POST", Infer, null, HttpStatusCode.Unauthorized)]
    public async Task Each_call_needs_a_key_with_its_right(string method, string path, string? key, HttpStatusCode expected)
    {
        using var http = new HttpClient { BaseAddress = _server.Client.Address };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        if (path == Infer)
        {
            request.Content = new StringContent("""{"inputs":[{"name":"INPUT0","datatype":"FP32","shape":[1,1],"data":[1]}]}""");
        }

        using var response = await http.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected == HttpStatusCode.Unauthorized, response.Headers.WwwAuthenticate.Count > 0);
    }

    [Theory]
    [InlineData("short", null, null, "expected 16 or more visible ASCII characters")]
    [InlineData("has a space in it, which no header holds well", null, null, "without spaces")]
    [InlineData(null, null, "12ab", "expected 64 hexadecimal digits")]
    [InlineData(null, null, null, "needs exactly one of key, keyFile and keySha256")]
    [InlineData(ClientKey, "x", null, "needs exactly one of key, keyFile and keySha256")]
    [InlineData(null, "/does/not/exist", null, "cannot be read")]
    public void A_key_that_is_none_is_refused_at_start_without_being_shown(string? key, string? file, string? hash, string message)
    {
        var section = new ApiKeySection { Key = key, KeyFile = file, KeySha256 = hash };

        var exception = Assert.Throws<ConfigurationException>(() => section.ToApiKey("web"));

        Assert.Contains("'web'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.True(key is null || !exception.Message.Contains(key, StringComparison.Ordinal));
    }
}
