using System.Text.Json;
using Camshaft.Backends;
using Camshaft.Client.Requests;

namespace Camshaft.Client.Http;

/// <summary>Reads the answer to an infer: a JSON head, then the outputs' data, which goes straight into the result's memory.</summary>
internal static class InferAnswer
{
    private const int LongestHead = 1 << 20;

    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidDataException">The answer is none.</exception>
    public static async Task<InferenceResult> ReadAsync(HttpResponseMessage response, ModelSignature signature, long version, CancellationToken cancellationToken)
    {
        if (!TryGetHeadLength(response, out var headByteSize) || headByteSize is < 0 or > LongestHead)
        {
            throw new InvalidDataException("The server did not answer with binary tensors; it lacks that extension of KServe V2.");
        }

        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            var head = new byte[headByteSize];
            await body.ReadExactlyAsync(head, cancellationToken).ConfigureAwait(false);
            var result = ReadHead(head, signature, version);
            try
            {
                result.Rent();
                for (var i = 0; i < result.Count; i++)
                {
                    await body.ReadExactlyAsync(result.GetData(i), cancellationToken).ConfigureAwait(false);
                }

                return result.Detach();
            }
            finally
            {
                result.Return();
            }
        }
    }

    private static bool TryGetHeadLength(HttpResponseMessage response, out int length)
    {
        length = 0;
        return (response.Headers.TryGetValues(InferBody.HeadLengthHeader, out var values) || response.Content.Headers.TryGetValues(InferBody.HeadLengthHeader, out values))
            && int.TryParse(values.Single(), out length);
    }

    private static ResultFrame ReadHead(byte[] head, ModelSignature signature, long version)
    {
        try
        {
            using var json = JsonDocument.Parse(head);
            var ran = json.RootElement.TryGetProperty("model_version", out var text) && long.TryParse(text.GetString(), out var number) ? number : version;
            var result = new ResultFrame(signature, ran, []);
            foreach (var output in json.RootElement.GetProperty("outputs").EnumerateArray())
            {
                var byteSize = output.GetProperty("parameters").GetProperty("binary_data_size").GetInt32();
                result.Add(output.GetProperty("name").GetString()!, KServeMetadata.ReadDataType(output), KServeMetadata.ReadShape(output), byteSize);
            }

            return result;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw new InvalidDataException("The server's answer is not KServe V2's.", exception);
        }
    }
}
