using System.Globalization;
using Camshaft.Engine.Inference;
using Camshaft.Engine.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Camshaft.Transport.Http.Infer;

/// <summary>What the headers of an infer call say beside its content.</summary>
internal static class InferHeaders
{
    /// <summary>Refuses a body that is packed: tensors are read where they lie.</summary>
    /// <exception cref="BadHttpRequestException">415.</exception>
    public static void CheckEncoding(HttpContext context)
    {
        var encoding = context.Request.Headers.ContentEncoding;
        if (encoding.Count > 0 && encoding is not [null or ""] && !(encoding.Count == 1 && "identity".Equals(encoding[0], StringComparison.OrdinalIgnoreCase)))
        {
            context.Response.Headers.AcceptEncoding = "identity";
            throw new BadHttpRequestException($"The Content-Encoding '{encoding}' is not supported; expected 'identity'.", StatusCodes.Status415UnsupportedMediaType);
        }
    }

    /// <summary>Reads how many bytes of the body its JSON part has.</summary>
    /// <returns>Null when the request does not say so.</returns>
    /// <exception cref="InvalidRequestException">It is no number, or more than the body has.</exception>
    public static long? ReadHeadLength(HttpContext context)
    {
        var header = context.Request.Headers["Inference-Header-Content-Length"];
        if (header.Count == 0)
        {
            return null;
        }

        if (!long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            throw new InvalidRequestException($"Inference-Header-Content-Length is '{header}'; expected a number of bytes.");
        }

        return length <= (context.Request.ContentLength ?? long.MaxValue)
            ? length
            : throw new InvalidRequestException($"Inference-Header-Content-Length is {length}; the body has {context.Request.ContentLength} bytes.");
    }

    /// <summary>Has the server take a body up to a limit, and refuses one that says it is longer.</summary>
    public static void CheckLength(HttpContext context, long byteSizeLimit)
    {
        // The server's own limit is 30 MB; tensors are larger.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = byteSizeLimit;
        }

        if (context.Request.ContentLength > byteSizeLimit)
        {
            throw BodyReader.BodyTooLong(context.Request.ContentLength.Value, byteSizeLimit);
        }
    }

    /// <summary>Takes over the trace that the caller is in.</summary>
    public static void ReadTrace(IHeaderDictionary headers, InferenceRequest request)
    {
        if (headers.TraceParent is [{ } parent] && TraceParent.TryParse(parent, out var trace))
        {
            request.Trace = trace;
            request.TraceState = RequestSpans.IsWanted ? headers.TraceState : default(string);
        }
    }
}
