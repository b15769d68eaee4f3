using System.Globalization;
using System.Text;

namespace Camshaft.Transport.Http.Tests.Fuzz;

/// <summary>
/// A JSON value that need not be right: members may be there twice, and what stands for a number or a string is whatever text
/// it is given. An object has members, an array has elements, everything else a token.
/// </summary>
internal sealed class FuzzNode
{
    public string Token { get; set; } = "";

    public List<(string Name, FuzzNode Value)>? Members { get; set; }

    public List<FuzzNode>? Elements { get; set; }

    public static FuzzNode Of(string token) => new() { Token = token };

    public static FuzzNode Of(long number) => Of(number.ToString(CultureInfo.InvariantCulture));

    public static FuzzNode Text(string text) => Of('"' + text + '"');

    public static FuzzNode Object(params (string Name, FuzzNode Value)[] members) => new() { Members = [.. members] };

    public static FuzzNode Array(IEnumerable<FuzzNode> elements) => new() { Elements = [.. elements] };

    public FuzzNode Copy() => new() { Token = Token, Members = Members?.ConvertAll(static member => (member.Name, member.Value.Copy())), Elements = Elements?.ConvertAll(static element => element.Copy()) };

    /// <summary>Turns this node into another value.</summary>
    public void Become(FuzzNode other) => (Token, Members, Elements) = (other.Token, other.Members, other.Elements);

    /// <summary>This node and all below it.</summary>
    public IEnumerable<FuzzNode> All() => [this, .. (Members?.Select(static member => member.Value) ?? Elements ?? []).SelectMany(static node => node.All())];

    /// <summary>Writes the value, with white space in between and letters escaped here and there.</summary>
    public void Write(StringBuilder json, Random random)
    {
        if (Members is null && Elements is null)
        {
            json.Append(Token.StartsWith('"') ? Escape(Token, random) : Token);
            return;
        }

        json.Append(Members is null ? '[' : '{');
        for (var i = 0; i < (Members?.Count ?? Elements!.Count); i++)
        {
            json.Append(i > 0 ? "," : "").Append(Space(random));
            if (Members is not null)
            {
                json.Append(Escape('"' + Members[i].Name + '"', random)).Append(Space(random)).Append(':').Append(Space(random));
            }

            (Members?[i].Value ?? Elements![i]).Write(json, random);
            json.Append(Space(random));
        }

        json.Append(Members is null ? ']' : '}');
    }

    private static string Space(Random random) => random.Next(16) switch { 0 => " ", 1 => "\n\t", 2 => "\r\n  ", _ => "" };

    private static string Escape(string quoted, Random random)
    {
        if (random.Next(8) > 0 || quoted.Contains('\\', StringComparison.Ordinal))
        {
            return quoted;
        }

        var all = random.Next(2) == 0;
        return '"' + string.Concat(quoted[1..^1].Select(letter => all || random.Next(4) == 0 ? $"\\u{(int)letter:x4}" : $"{letter}")) + '"';
    }
}
