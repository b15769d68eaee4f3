using Camshaft.Engine.Routing;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Infer;

/// <summary>Which media types bodies may have, and how each is read.</summary>
internal static class ContentTypes
{
    public const string Json = "application/json";
    public const string Tensor = "application/octet-stream";
    public const string Npy = "application/x-npy";

    // What curl says of a body that nobody has said anything of.
    private const string Form = "application/x-www-form-urlencoded";

    // RFC 6839: whatever it is, it is read as JSON.
    private const string JsonSuffix = "+json";

    /// <summary>
    /// Finds out how a body is read whose request names a model. KServe's clients send JSON under any type there, so that more than
    /// the type must speak for something else, unless nobody else uses it.
    /// </summary>
    /// <param name="type">The media type.</param>
    /// <param name="jsonByteSize">What the header says of the JSON part; null = nothing.</param>
    /// <param name="isDescribed">Whether headers describe a tensor.</param>
    public static BodyForm OfNamed(ReadOnlySpan<char> type, long? jsonByteSize, bool isDescribed) =>
        OfLength(jsonByteSize) ?? (Is(type, Npy) ? BodyForm.Npy : isDescribed && Is(type, Tensor) ? BodyForm.Tensor : BodyForm.Json);

    /// <summary>Finds out how a body is read whose model the rules find: its type must be one that the server knows, or one that a rule wants.</summary>
    /// <param name="type">The media type.</param>
    /// <param name="jsonByteSize">What the header says of the JSON part; null = nothing.</param>
    /// <param name="table">The rules.</param>
    /// <exception cref="BadHttpRequestException">It is neither.</exception>
    public static BodyForm OfRouted(ReadOnlySpan<char> type, long? jsonByteSize, RouteTable table)
    {
        if (OfLength(jsonByteSize) is { } stated)
        {
            return stated;
        }

        if (Is(type, Json) || Is(type, Tensor) || Is(type, Npy))
        {
            return OfNamed(type, null, isDescribed: true);
        }

        if (!table.WantsContentType(type))
        {
            if (Is(type, Form))
            {
                return BodyForm.Json;
            }

            throw new BadHttpRequestException(
                $"The Content-Type {(type.IsEmpty ? "is not stated" : $"'{type}' is not accepted here")}; accepted are {string.Join(", ", new[] { Json, Tensor, Npy }.Concat(table.ContentTypes))}.",
                StatusCodes.Status415UnsupportedMediaType);
        }

        return type.EndsWith(JsonSuffix, StringComparison.OrdinalIgnoreCase) ? BodyForm.Json : BodyForm.Tensor;
    }

    // Triton's header says it whatever the type is.
    private static BodyForm? OfLength(long? jsonByteSize) => jsonByteSize switch
    {
        null => null,
        0 => BodyForm.Raw,
        _ => BodyForm.Json,
    };

    private static bool Is(ReadOnlySpan<char> type, string known) => type.Equals(known, StringComparison.OrdinalIgnoreCase);
}
