// Each test starts processes that want the whole machine; two at a time would measure each other's patience.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
