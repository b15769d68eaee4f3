using Camshaft.Engine.Routing;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Infer;

/// <summary>A request as rules see it: its headers, and what has been read of its body.</summary>
/// <param name="context">The call.</param>
/// <param name="head">What was read.</param>
/// <param name="alias">The alias that it asks for; empty = none.</param>
internal readonly struct RoutedRequest(HttpContext context, InferHead head, string alias) : IRouteRequest
{
    public ReadOnlySpan<char> Alias => alias;

    public ReadOnlySpan<char> ContentType => MediaType.WithoutParameters(context.Request.ContentType);

    public int InputCount => head.InputCount;

    public RouteInput GetInput(int index)
    {
        ref readonly var input = ref head.Inputs[index];
        return new RouteInput { Name = head.GetText(input.Name), DataType = input.DataType, Shape = input.HasShape ? input.Shape.Dimensions : [], HasShape = input.HasShape };
    }

    public bool TryGetHeader(string name, out ReadOnlySpan<char> value)
    {
        var isThere = context.Request.Headers.TryGetValue(name, out var values) && values.Count > 0;
        value = isThere ? values[0] : [];
        return isThere;
    }

    public bool TryGetTag(TagName tag, scoped Span<char> value, out int length)
    {
        length = 0;
        foreach (ref readonly var parameter in head.Tags)
        {
            if (head.GetText(parameter.Name).SequenceEqual(tag.Utf8))
            {
                length = TagName.CopyValue(head.GetText(parameter.Value), value);
                return true;
            }
        }

        if (!TryGetHeader(tag.HeaderName, out var text))
        {
            return false;
        }

        length = text.TryCopyTo(value) ? text.Length : 0;
        return true;
    }
}
