using System.Globalization;
using System.Text;
using Camshaft.Engine.Models;

namespace Camshaft.Transport.Http.Tests.Fuzz;

/// <summary>A request as it goes in: all that decides what becomes of it, and how it arrives.</summary>
/// <param name="Model">The version that it is for.</param>
/// <param name="Body">All of the body.</param>
/// <param name="HeaderLength">What Inference-Header-Content-Length says; null = it is not there.</param>
/// <param name="HasLength">Whether the body's length is told in front.</param>
/// <param name="Pieces">The sizes of the segments that the body comes in; what is left is the last one.</param>
/// <param name="ArrivesLate">Whether the pieces come one by one while the request is read already.</param>
/// <param name="LeavesAt">After how many pieces the client goes; null = it stays.</param>
internal sealed record FuzzCase(ModelVersion Model, byte[] Body, string? HeaderLength, bool HasLength, IReadOnlyList<int> Pieces, bool ArrivesLate, int? LeavesAt)
{
    public IEnumerable<byte[]> Cut()
    {
        var at = 0;
        foreach (var piece in Pieces.Append(Body.Length))
        {
            var length = Math.Min(piece, Body.Length - at);
            if (length > 0)
            {
                yield return Body.AsSpan(at, length).ToArray();
            }

            at += length;
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Model}; Inference-Header-Content-Length {HeaderLength ?? "none"}; length {(HasLength ? "told" : "not told")}; late {ArrivesLate}; leaves {LeavesAt}
        pieces of {string.Join(',', Cut().Select(static piece => piece.Length))}
        text {Encoding.Latin1.GetString(Body)}
        bytes {Convert.ToHexString(Body)}
        """);
}
