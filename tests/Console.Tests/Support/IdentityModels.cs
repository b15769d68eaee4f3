using System.Net.Http.Json;
using Camshaft.Testing;

namespace Camshaft.LiveConsole.Tests.Support;

/// <summary>Models that cost next to nothing: the Sample plugin's identity, under any name.</summary>
internal static class IdentityModels
{
    /// <summary>Writes one into a repository.</summary>
    /// <param name="directory">The repository.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="configuration">Its <c>model.yaml</c>; empty = none.</param>
    public static void Write(TempDirectory directory, string name, string configuration = "")
    {
        directory.Write($"{name}/1/model.sample", "operation: identity\ndatatype: UINT8\n"u8);
        if (configuration.Length > 0)
        {
            directory.Write($"{name}/model.yaml", System.Text.Encoding.UTF8.GetBytes(configuration));
        }
    }

    /// <summary>Sends one a request of one element.</summary>
    /// <param name="http">To the server.</param>
    /// <param name="name">The model.</param>
    /// <param name="timeout">Its timeout in microseconds; 1 is over, or refused, before it can run.</param>
    public static async Task<HttpResponseMessage> InferAsync(HttpClient http, string name, long timeout = 60_000_000)
    {
        var body = new { parameters = new { timeout }, inputs = new[] { new { name = "INPUT0", datatype = "UINT8", shape = new[] { 1 }, data = new[] { 7 } } } };
        return await http.PostAsJsonAsync($"v2/models/{Uri.EscapeDataString(name)}/infer", body);
    }
}
