using System.Net.Http.Headers;

namespace Camshaft.Alerting.Delivery;

/// <summary>Makes JSON the body of a request.</summary>
internal static class JsonBody
{
    public static HttpContent Create(ReadOnlyMemory<byte> json) => new ReadOnlyMemoryContent(json)
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
    };
}
