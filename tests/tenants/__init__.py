"""Made tenants of any size behind servers that behave as the providers' do, quotas and faults included, and what must be found in them."""
