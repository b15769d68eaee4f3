using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Engine.Models;

namespace Camshaft.LiveConsole.Tests.Support;

/// <summary>Requests of zeros to any model, by its signature: variable dimensions are 1.</summary>
internal static class TensorRequest
{
    private const string JsonLength = "Inference-Header-Content-Length";

    // Made once: arrays of their size, made for each, would have the server's process collect garbage all the time.
    private static readonly ConcurrentDictionary<(string Model, long Timeout), (byte[] Bytes, int JsonByteSize)> Bodies = new();

    /// <summary>Sends one, and asks what its stages took.</summary>
    /// <param name="http">To the server.</param>
    /// <param name="model">The model.</param>
    /// <param name="timeout">Its timeout in microseconds; 1 is over, or refused, before it can run.</param>
    public static async Task<HttpResponseMessage> SendAsync(HttpClient http, ModelVersion model, long timeout = 60_000_000)
    {
        var body = Bodies.GetOrAdd((model.ModelName, timeout), _ => Make(model, timeout));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v2/models/{model.ModelName}/infer") { Content = new ByteArrayContent(body.Bytes) };
        request.Headers.Add(JsonLength, body.JsonByteSize.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Camshaft-Timing", "1");
        return await http.SendAsync(request);
    }

    private static (byte[] Bytes, int JsonByteSize) Make(ModelVersion model, long timeout)
    {
        var inputs = model.Signature!.Inputs.Select(static input => (input.Name, Datatype: input.DataType.Name, Shape: input.Shape.Dimensions.ToArray().Select(static length => Math.Max(1, length)).ToArray(), ElementByteSize: input.DataType.ByteSize)).ToList();
        var head = JsonSerializer.SerializeToUtf8Bytes(new
        {
            parameters = new { timeout },
            inputs = inputs.Select(static input => new { name = input.Name, datatype = input.Datatype, shape = input.Shape, parameters = new { binary_data_size = ByteSize(input.Shape, input.ElementByteSize) } }),
        });
        return ([.. head, .. new byte[inputs.Sum(static input => ByteSize(input.Shape, input.ElementByteSize))]], head.Length);
    }

    private static long ByteSize(long[] shape, int elementByteSize) => shape.Aggregate(1L, static (product, length) => product * length) * elementByteSize;
}
