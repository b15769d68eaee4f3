namespace Camshaft.Transport.Http.Tests.Fuzz;

/// <summary>Changes a request: order, names, types, numbers, structure; and bytes.</summary>
internal sealed class FuzzMutator(Random random)
{
    private static readonly string[] Tokens =
    [
        "null", "true", "false", "0", "-0", "1", "-1", "1.0", "1e0", "1E400", "-1e-400", "0.1", "127", "128", "-128", "-129", "255", "256", "32767", "32768", "65535", "65536",
        "2147483647", "2147483648", "-2147483649", "4294967295", "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "18446744073709551615",
        "18446744073709551616", "3.4028235e38", "3.5e38", "1.8e308", "123456789012345678901234567890", "NaN", "-Infinity", "01", "+1", ".5", "1.", "", "{}", "[]", "[[]]", "[{}]", "{\"a\":[1]}",
        "\"\"", "\"x\"", "\"FP32\"", "\"\\ud800\"", "\"\\u0000\"", "\"\\x\"", "\"unended", "\"\\ud83d\\ude00\"", "\"0\"", "/**/1", "1 2", "1,2", ",", "]", "}",
    ];

    private static readonly string[] Names =
    [
        "id", "inputs", "outputs", "parameters", "name", "datatype", "shape", "data", "binary_data_size", "binary_data", "binary_data_output", "priority", "sequence_id",
        "sequence_start", "shared_memory_region", "classification", "note", "x", "", "\\ud800", "Inputs", "\\u0069d",
    ];

    public void Mutate(FuzzNode request)
    {
        var nodes = request.All().ToList();
        var node = nodes[random.Next(nodes.Count)];
        var objects = nodes.Where(static candidate => candidate.Members is { Count: > 0 }).ToList();
        var target = objects.Count > 0 ? objects[random.Next(objects.Count)].Members! : [];
        switch (random.Next(10))
        {
            case 0 or 1 when target.Count > 0:
                Shuffle(target);
                break;
            case 2 when target.Count > 0:
                var twin = target[random.Next(target.Count)];
                target.Insert(random.Next(target.Count + 1), (twin.Name, twin.Value.Copy()));
                break;
            case 3 when target.Count > 0:
                target.RemoveAt(random.Next(target.Count));
                break;
            case 4 when target.Count > 0:
                var at = random.Next(target.Count);
                target[at] = (Names[random.Next(Names.Length)], target[at].Value);
                break;
            case 5 when target.Count > 0:
                target.Insert(random.Next(target.Count + 1), (Names[random.Next(Names.Length)], FuzzNode.Of(Tokens[random.Next(Tokens.Length)])));
                break;
            case 6:
                Wrap(node, random.Next(12) == 0 ? random.Next(118, 132) : random.Next(1, 4));
                break;
            case 7 when node.Elements is { } elements:
                elements.Insert(random.Next(elements.Count + 1), elements.Count > 0 && random.Next(2) == 0 ? elements[0].Copy() : FuzzNode.Of(Tokens[random.Next(Tokens.Length)]));
                break;
            case 8 when node.Elements is { Count: > 0 } elements:
                elements.RemoveAt(random.Next(elements.Count));
                break;
            default:
                node.Become(FuzzNode.Of(Tokens[random.Next(Tokens.Length)]));
                break;
        }
    }

    /// <summary>Flips, drops or adds a byte, or cuts the rest off.</summary>
    public byte[] MutateBytes(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        var at = random.Next(bytes.Length);
        return random.Next(4) switch
        {
            0 => [.. bytes[..at], (byte)(bytes[at] ^ (1 << random.Next(8))), .. bytes[(at + 1)..]],
            1 => [.. bytes[..at], .. bytes[(at + 1)..]],
            2 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
            _ => bytes[..at],
        };
    }

    private static void Wrap(FuzzNode node, int levels)
    {
        for (var i = 0; i < levels; i++)
        {
            node.Become(FuzzNode.Array([new FuzzNode { Token = node.Token, Members = node.Members, Elements = node.Elements }]));
        }
    }

    private void Shuffle<T>(List<T> items)
    {
        var shuffled = items.ToArray();
        random.Shuffle(shuffled);
        items.Clear();
        items.AddRange(shuffled);
    }
}
