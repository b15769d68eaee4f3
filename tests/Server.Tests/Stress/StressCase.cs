using System.Globalization;
using System.Net;
using System.Text;
using Camshaft.Backends;
using Camshaft.Server.Tests.Support;
using Camshaft.Testing;

namespace Camshaft.Server.Tests.Stress;

/// <summary>
/// One request as its bytes on the wire and the one right answer to it. No two cases have the same answer, so that an answer
/// which went to the wrong client is seen: the id differs, and so do the tensors of the three models whose weights were not
/// made up as constants.
/// </summary>
/// <param name="ModelName">The model.</param>
/// <param name="Request">The whole request.</param>
/// <param name="HurriedRequest">The same with a timeout that may be too short for it.</param>
/// <param name="Answer">The answer's body, in every bit.</param>
internal sealed record StressCase(string ModelName, byte[] Request, byte[] HurriedRequest, byte[] Answer)
{
    private const int ShortTimeoutMicroseconds = 2000;

    /// <summary>Makes a case; its answer is the server's own, checked against a direct run of the model.</summary>
    /// <param name="server">The server, at rest.</param>
    /// <param name="modelName">The model.</param>
    /// <param name="variant">Which input: 1, 2, …</param>
    /// <param name="binary">Whether tensors travel in binary form, else as JSON.</param>
    public static async Task<StressCase> PrepareAsync(TestServer server, string modelName, int variant, bool binary)
    {
        var inputs = RealModel.CreateInputs(modelName).ToDictionary(static input => input.Key, input => Vary(input.Value, variant));
        var id = $"{modelName}-{variant}";
        var request = CreateRequest(modelName, id, inputs, binary, timeoutMicroseconds: null);
        using var connection = await RawConnection.OpenAsync(server.Client.Address.Host, server.Client.Address.Port);
        await connection.SendAsync(request);
        var answer = await connection.ReadAnswerAsync();
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var headerLength = binary ? int.Parse(answer.Headers[InferenceBody.HeaderLength], CultureInfo.InvariantCulture) : answer.Body.Length;
        Assert.Equal(RealModel.RunDirectly(modelName, inputs), InferenceBody.ReadOutputs(answer.Body, headerLength));
        return new StressCase(modelName, request, CreateRequest(modelName, id, inputs, binary, ShortTimeoutMicroseconds), answer.Body);
    }

    private static TestTensor Vary(TestTensor tensor, int variant)
    {
        if (tensor.DataType != DataType.Float32)
        {
            return tensor;
        }

        var random = new Random(variant);
        return TestTensor.Of(tensor.Shape.Dimensions, [.. tensor.Values<float>().ToArray().Select(_ => (random.NextSingle() * 4) - 2)]);
    }

    private static byte[] CreateRequest(string modelName, string id, Dictionary<string, TestTensor> inputs, bool binary, int? timeoutMicroseconds)
    {
        var (body, headerLength) = InferenceBody.Create(inputs, binary, timeoutMicroseconds, id);
        var headers = headerLength is { } length ? $"{InferenceBody.HeaderLength}: {length}\r\n" : "";
        return [.. Encoding.ASCII.GetBytes($"POST /v2/models/{modelName}/infer HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {body.Length}\r\n\r\n"), .. body];
    }
}
