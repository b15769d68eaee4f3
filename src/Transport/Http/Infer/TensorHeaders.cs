using System.Globalization;
using System.Text;
using Camshaft.Backends;
using Microsoft.AspNetCore.Http;

namespace Camshaft.Transport.Http.Infer;

/// <summary>Reads from headers what a body of tensor data alone does not say. What they leave out follows from the model and the body's length.</summary>
internal static class TensorHeaders
{
    /// <summary>The input's name; may be left out where the model has one input.</summary>
    public const string Name = "Camshaft-Input-Name";

    /// <summary>Its datatype as KServe spells it; left out, it is the model's.</summary>
    public const string Datatype = "Camshaft-Input-Datatype";

    /// <summary>Its shape, lengths with commas between; left out, it follows from the body's length.</summary>
    public const string Dimensions = "Camshaft-Input-Shape";

    /// <summary>Whether a request has one of them.</summary>
    public static bool AreIn(IHeaderDictionary headers) => headers.ContainsKey(Name) || headers.ContainsKey(Datatype) || headers.ContainsKey(Dimensions);

    /// <summary>Takes the one input down.</summary>
    /// <exception cref="InvalidRequestException">A header says what it may not say.</exception>
    public static void Read(HttpContext context, InferHead head)
    {
        var headers = context.Request.Headers;
        ref var input = ref head.AddInput();
        input.Name = ReadName(head, headers[Name]);
        if (headers[Datatype] is [{ } dataType])
        {
            input.DataType = DataTypes.TryParse(Encoding.UTF8.GetBytes(dataType), out var known)
                ? known
                : throw new InvalidRequestException($"The header {Datatype} is '{dataType}'; expected one of {string.Join(", ", DataTypes.All.Select(static one => one.Name))}.");
        }

        if (headers[Dimensions] is [{ } shape])
        {
            input.Shape = ReadShape(shape);
            input.HasShape = true;
        }

        ReadAccept(context, head);
    }

    /// <summary>Takes down the name of an input whose body says the rest.</summary>
    public static void ReadName(HttpContext context, InferHead head)
    {
        head.Inputs[0].Name = ReadName(head, context.Request.Headers[Name]);
        ReadAccept(context, head);
    }

    // Who sends bytes and wants bytes says so; JSON is what everybody can read.
    private static void ReadAccept(HttpContext context, InferHead head) =>
        head.BinaryOutput = context.Request.Headers.Accept is [{ } accept] && accept.StartsWith(ContentTypes.Tensor, StringComparison.OrdinalIgnoreCase);

    private static TextRange ReadName(InferHead head, Microsoft.Extensions.Primitives.StringValues header)
    {
        if (header is not [{ } name])
        {
            return header.Count == 0 ? default : throw new InvalidRequestException($"The header {Name} is given {header.Count} times.");
        }

        var room = head.ReserveText(Encoding.UTF8.GetMaxByteCount(name.Length));
        return head.CommitText(Encoding.UTF8.GetBytes(name, room));
    }

    private static Shape ReadShape(string text)
    {
        Span<long> lengths = stackalloc long[Shape.MaxRank];
        var rank = 0;
        if (text.AsSpan().Trim().IsEmpty)
        {
            return new Shape([]);
        }

        foreach (var part in text.AsSpan().Split(','))
        {
            if (rank == lengths.Length || !long.TryParse(text.AsSpan()[part].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out lengths[rank]))
            {
                throw new InvalidRequestException($"The header {Dimensions} is '{text}'; expected at most {Shape.MaxRank} lengths with commas between, such as '1,3,224,224'.");
            }

            rank++;
        }

        return new Shape(lengths[..rank]);
    }
}
