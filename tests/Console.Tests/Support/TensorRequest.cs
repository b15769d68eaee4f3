using System.Globalization;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine.Models;

namespace Camshaft.LiveConsole.Tests.Support;

/// <summary>Requests of zeros to any model, by its signature: variable dimensions are 1.</summary>
internal static class TensorRequest
{
    private const string JsonLength = "Inference-Header-Content-Length";

    /// <summary>Sends one, and asks what its stages took.</summary>
    /// <param name="http">To the server.</param>
    /// <param name="model">The model.</param>
    /// <param name="timeout">Its timeout in microseconds; 1 is over, or refused, before it can run.</param>
    public static async Task<HttpResponseMessage> SendAsync(HttpClient http, ModelVersion model, long timeout = 60_000_000)
    {
        var inputs = model.Signature!.Inputs.Select(static input => (input.Name, Datatype: input.DataType.Name, Shape: input.Shape.Dimensions.ToArray().Select(static length => Math.Max(1, length)).ToArray(), ElementByteSize: input.DataType.ByteSize)).ToList();
        var head = JsonSerializer.SerializeToUtf8Bytes(new
        {
            parameters = new { timeout },
            inputs = inputs.Select(static input => new { name = input.Name, datatype = input.Datatype, shape = input.Shape, parameters = new { binary_data_size = ByteSize(input.Shape, input.ElementByteSize) } }),
        });
        using var body = new ByteArrayContent([.. head, .. new byte[inputs.Sum(static input => ByteSize(input.Shape, input.ElementByteSize))]]);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v2/models/{model.ModelName}/infer") { Content = body };
        request.Headers.Add(JsonLength, head.Length.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Camshaft-Timing", "1");
        return await http.SendAsync(request);
    }

    private static long ByteSize(long[] shape, int elementByteSize) => shape.Aggregate(1L, static (product, length) => product * length) * elementByteSize;
}
