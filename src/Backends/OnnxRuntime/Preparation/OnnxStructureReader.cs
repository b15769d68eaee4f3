namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>Reads the <see cref="OnnxStructure"/> of a model file. Field numbers are those of <c>onnx.proto</c>.</summary>
internal sealed class OnnxStructureReader
{
    // As deep as protobuf's own readers go.
    private const int MaxDepth = 100;

    private readonly ProtobufFile _file;
    private readonly OnnxStructure _structure = new();

    private OnnxStructureReader(ProtobufFile file) => _file = file;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is no ONNX model.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static OnnxStructure Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 14);
        var reader = new OnnxStructureReader(new ProtobufFile(stream));
        reader.ReadModel();
        return reader._structure.Graph is null ? throw new InvalidDataException($"'{path}' has no graph.") : reader._structure;
    }

    private void ReadModel()
    {
        while (_file.TryReadField(_file.Length, out var field))
        {
            switch (field.Number)
            {
                case 1:
                    _structure.IrVersion = field;
                    break;
                case 7 when _structure.Graph is not null:
                    throw new InvalidDataException("The file has more than one graph.");
                case 7:
                    _structure.Graph = field;
                    ReadGraph(field, depth: 0);
                    break;
                case 25: // functions: their nodes have the number 7
                    ReadNodes(field, number: 7, depth: 0);
                    break;
            }

            _file.Skip(field);
        }
    }

    private void ReadGraph(in ProtobufField graph, int depth)
    {
        while (_file.TryReadField(graph.End, out var field))
        {
            switch (field.Number)
            {
                case 1:
                    ReadNode(field, depth);
                    break;
                case 5:
                    AddInitializer(ReadTensor(field), depth);
                    break;
                case 11 when depth == 0:
                    _structure.Inputs.Add((ReadName(field, number: 1), field));
                    break;
                case 15:
                    AddInitializer(ReadSparseTensor(field), depth);
                    break;
            }

            _file.Skip(field);
        }
    }

    private void ReadNodes(in ProtobufField message, int number, int depth)
    {
        while (_file.TryReadField(message.End, out var field))
        {
            if (field.Number == number)
            {
                ReadNode(field, depth);
            }

            _file.Skip(field);
        }
    }

    private void ReadNode(in ProtobufField node, int depth)
    {
        while (_file.TryReadField(node.End, out var field))
        {
            if (field.Number == 5)
            {
                ReadAttribute(field, depth);
            }

            _file.Skip(field);
        }
    }

    private void ReadAttribute(in ProtobufField attribute, int depth)
    {
        if (depth >= MaxDepth)
        {
            throw new InvalidDataException($"The graphs of the file nest deeper than {MaxDepth}.");
        }

        while (_file.TryReadField(attribute.End, out var field))
        {
            switch (field.Number)
            {
                case 5 or 10:
                    ReadTensor(field);
                    break;
                case 6 or 11:
                    ReadGraph(field, depth + 1);
                    break;
                case 22 or 23:
                    ReadSparseTensor(field);
                    break;
            }

            _file.Skip(field);
        }
    }

    // The name of a sparse tensor is that of its values.
    private string ReadSparseTensor(in ProtobufField tensor)
    {
        var name = "";
        while (_file.TryReadField(tensor.End, out var field))
        {
            if (field.Number is 1 or 2)
            {
                var part = ReadTensor(field);
                name = field.Number == 1 ? part : name;
            }

            _file.Skip(field);
        }

        return name;
    }

    private string ReadTensor(in ProtobufField tensor)
    {
        var name = "";
        while (_file.TryReadField(tensor.End, out var field))
        {
            switch (field.Number)
            {
                case 8:
                    name = _file.ReadText(field);
                    break;
                case 13 when ReadName(field, number: 1) == "location":
                    _file.Rewind(field);
                    _structure.ExternalFiles.Add(ReadName(field, number: 2));
                    break;
            }

            _file.Skip(field);
        }

        return name;
    }

    private string ReadName(in ProtobufField message, int number)
    {
        var name = "";
        while (_file.TryReadField(message.End, out var field))
        {
            if (field.Number == number)
            {
                name = _file.ReadText(field);
            }

            _file.Skip(field);
        }

        return name;
    }

    // What a graph inside a node calls its own cannot be given from outside.
    private void AddInitializer(string name, int depth)
    {
        if (depth == 0)
        {
            _structure.Initializers.Add(name);
        }
    }
}
