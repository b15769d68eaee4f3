namespace Camshaft.Samples;

/// <summary>An attribute of a node in an <see cref="OnnxModelBuilder"/>.</summary>
public sealed class OnnxAttribute
{
    private OnnxAttribute(ProtobufWriter message) => Message = message;

    internal ProtobufWriter Message { get; }

    /// <summary>An integer.</summary>
    public static OnnxAttribute Of(string name, long value) => new(new ProtobufWriter().Text(1, name).Number(3, value).Number(20, 2));

    /// <summary>A list of integers.</summary>
    public static OnnxAttribute Of(string name, long[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var message = new ProtobufWriter().Text(1, name);
        foreach (var value in values)
        {
            message.Number(8, value);
        }

        return new(message.Number(20, 7));
    }

    /// <summary>A graph, the body of a loop for example.</summary>
    public static OnnxAttribute Of(string name, OnnxModelBuilder graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new(new ProtobufWriter().Text(1, name).Message(6, graph.ToGraph()).Number(20, 5));
    }
}
