using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Camshaft.Transport.Http.Infer;

/// <summary>
/// Which members an object of a request's JSON has had so far, so that one given twice is refused: readers that keep the first
/// and readers that keep the last would see two different requests. The members that the server knows are bits; the names of
/// those that it skips are kept in the head, and few.
/// </summary>
internal ref struct MemberSet(InferHead head)
{
    /// <summary>How many members that the server does not know an object may have. Each new name is compared with all.</summary>
    public const int MostUnknown = 32;

    private Member _known;
    private Names _unknown;
    private int _unknownCount;

    /// <summary>Whether a known member has been there.</summary>
    public readonly bool Has(Member member) => (_known & member) != 0;

    /// <summary>Takes note of a known member.</summary>
    /// <exception cref="InvalidRequestException">It has been there before.</exception>
    public void Add(Member member, string name)
    {
        Debug.Assert(BitOperations.IsPow2((int)member));
        if (Has(member))
        {
            throw GivenTwice(name);
        }

        _known |= member;
    }

    /// <summary>Takes note of the member at hand, which the server does not know.</summary>
    /// <returns>Its name.</returns>
    /// <exception cref="InvalidRequestException">It has been there before, or there are too many.</exception>
    public TextRange AddUnknown(ref JsonCursor json)
    {
        if (_unknownCount == MostUnknown)
        {
            throw new InvalidRequestException($"An object has more than {MostUnknown} members that this server does not know.");
        }

        var name = JsonText.Copy(ref json.Reader, head, "A member's name");
        foreach (var earlier in ((Span<TextRange>)_unknown)[.._unknownCount])
        {
            if (head.GetText(earlier).SequenceEqual(head.GetText(name)))
            {
                throw GivenTwice(head.Describe(name));
            }
        }

        _unknown[_unknownCount++] = name;
        return name;
    }

    private static InvalidRequestException GivenTwice(string name) => new($"The member '{name}' is given twice in one object.");

    [InlineArray(MostUnknown)]
    private struct Names
    {
        private TextRange _first;
    }
}
